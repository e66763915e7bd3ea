# Writes the C++ file OUT that defines NAME as the text of the file IN.
file(READ "${IN}" text)
file(WRITE "${OUT}" "#include <string_view>
extern const std::string_view ${NAME};
const std::string_view ${NAME} = R\"TEXT(${text})TEXT\";
")
