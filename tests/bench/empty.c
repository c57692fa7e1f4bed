/* The yardstick: what starting a process costs, and nothing else. */
int main(void) {
    return 0;
}
