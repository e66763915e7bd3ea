" Networks of netc.
autocmd BufRead,BufNewFile *.net setfiletype net
