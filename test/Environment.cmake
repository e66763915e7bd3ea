# What every test finds in its environment; ctest reads this file.
# Teams that wait without spinning: tests share the processors.
set(ENV{OMP_WAIT_POLICY} passive)
# Debian's LLVM is not instrumented, so containers that it shares with ours would
# be reported; what it keeps until the end is no leak of ours.
set(ENV{ASAN_OPTIONS} "allow_user_poisoning=0:detect_container_overflow=0:detect_leaks=0")
set(ENV{UBSAN_OPTIONS} "print_stacktrace=1")
