/* getent(1) where a directory service knows users that no file has. */
#include <stdio.h>
#include <string.h>

int main(int argc, char** argv) {
    if (argc != 3 || strcmp(argv[1], "passwd") != 0)
        return 1;
    if (strcmp(argv[2], "4242") == 0)
        return puts("ada:*:4242:4242::/home/ada:/bin/sh") < 0;
    if (strcmp(argv[2], "4243") == 0)
        return puts("eve:*:4243:4243::/home/eve:/bin/sh") < 0;
    return 2;
}
