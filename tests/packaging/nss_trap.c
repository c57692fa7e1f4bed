/* Ends whoever loads it: what a module of another libc does to a static program, sooner. */
__attribute__((constructor)) static void spring(void) {
    __builtin_trap();
}
