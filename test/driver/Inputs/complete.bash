# What bash would complete: complete.bash SCRIPT LINE, the words one a line.
# COMP_WORDBREAKS are bash's own, unless $BREAKS says otherwise.
COMP_WORDBREAKS=${BREAKS-$' \t\n"\'><=;|&(:'}
source "$1"
COMP_LINE=$2
COMP_POINT=${#COMP_LINE}
read -r -a COMP_WORDS <<< "$COMP_LINE"
program=${COMP_WORDS[0]}
"_$program"
printf '%s\n' "${COMPREPLY[@]}" | sort
