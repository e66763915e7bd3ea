" The syntax of netc's networks. Made by net-syntax from the tables of
" dsl/; `cmake --build build --target update-editors` makes it again.
if exists("b:current_syntax")
  finish
endif
syntax case match

" Later ones win.
syntax match netLayer /\<\u\w*/
syntax match netLabel /\<\h\w*\ze\s*:/
syntax keyword netDeclaration data expect import layer network test train
syntax keyword netControl else for if in repeat
syntax keyword netOperatorWord and not or
syntax keyword netCombinator Sequential
syntax keyword netKnownLayer AvgPool2D Conv2D Dense Dropout Flatten
      \ GlobalAvgPool2D MaxPool2D ReLU Sigmoid Tanh
syntax keyword netTransform Normalize Resize ToTensor
syntax keyword netTraining SGD SoftmaxCrossEntropy Xavier
syntax keyword netValue false relu sigmoid tanh true
syntax match netArgument /\<\%(activation\|channels\|dilation\|groups\|kernel\|lr\|mean\|momentum\|padding\|rate\|size\|std\|stride\|units\|use_bias\|weight_decay\|window\)\ze\s*=\%([^=]\|$\)/
syntax match netKey /\<\%(batch\|epochs\|init\|loss\|optimizer\)\ze\s\+=\%([^=]\|$\)/
syntax match netMember /\.\zs\%(channels\|height\|size\|width\)\>/
syntax match netNumber /\<\d\+\%(\.\d\+\)\=\%([eE][-+]\=\d\+\)\=\>/
syntax match netShape /\<\d\+\%(x\d\+\)\+\>/
syntax region netString start=/"/ end=/"/ oneline
syntax match netComment /#.*/ contains=@Spell

highlight default link netDeclaration Statement
highlight default link netControl Repeat
highlight default link netOperatorWord Operator
highlight default link netCombinator Structure
highlight default link netKnownLayer Function
highlight default link netTransform Function
highlight default link netTraining Function
highlight default link netValue Constant
highlight default link netLayer Type
highlight default link netLabel Label
highlight default link netArgument Identifier
highlight default link netKey Identifier
highlight default link netMember Identifier
highlight default link netNumber Number
highlight default link netShape Number
highlight default link netString String
highlight default link netComment Comment

let b:current_syntax = "net"
