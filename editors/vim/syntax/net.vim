" The syntax of netc's networks. Made by net-syntax from the tables of
" dsl/; `cmake --build build --target update-editors` makes it again.
if exists("b:current_syntax")
  finish
endif
" Lines go on after a backslash, whatever the user's options say.
let s:options = &cpoptions
set cpoptions&vim
syntax case match

" Later ones win.
syntax match netLayer /\<\u\w*/
syntax match netLabel /\<\h\w*\ze\s*:/
syntax keyword netDeclaration data expect import layer network test train
syntax keyword netControl else for if in repeat
syntax keyword netOperatorWord and not or
syntax keyword netCombinator Concat Sequential Sum
syntax keyword netKnownLayer AvgPool2D BatchNorm Conv2D Conv2DTranspose Crop2D
      \ Dense Dropout ELU Flatten GELU GlobalAvgPool2D GlobalMaxPool2D HardSwish
      \ Identity LayerNorm LeakyReLU MaxPool2D ReLU Reshape Scale SiLU Sigmoid
      \ Softplus Tanh Upsample2D ZeroPadding2D
syntax keyword netTransform CenterCrop ColorJitter GaussianBlur Normalize
      \ RandAugment RandomAffine RandomCrop RandomErasing RandomGrayscale
      \ RandomHorizontalFlip RandomResizedCrop RandomRotation RandomVerticalFlip
      \ Resize ToTensor
syntax keyword netTraining Cosine MeanSquaredError SGD SigmoidBinaryCrossEntropy
      \ SoftmaxCrossEntropy Step Xavier
syntax keyword netValue bilinear elu false gelu hard_swish leaky_relu nearest
      \ relu sigmoid silu softplus tanh true
syntax match netArgument /\<\%(activation\|affine\|alpha\|bins\|brightness\|center\|channels\|contrast\|cropping\|decay_scale\|degrees\|dilation\|epsilon\|every\|factor\|fill\|groups\|hue\|interpolation\|kernel\|label_smoothing\|least\|lr\|lr_scale\|magnitude\|max\|mean\|mode\|momentum\|nesterov\|num_ops\|output_padding\|padding\|rate\|ratio\|saturation\|scale\|shape\|shear\|short\|sigma\|size\|slope\|std\|stride\|target\|translate\|units\|use_bias\|value\|weight_decay\|window\)\ze\s*=\%([^=]\|$\)/
syntax match netKey /\<\%(batch\|epochs\|init\|loss\|optimizer\|schedule\|warmup\)\ze\s\+=\%([^=]\|$\)/
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
let &cpoptions = s:options
unlet s:options
