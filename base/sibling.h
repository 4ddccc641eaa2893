/* Finds the other programs of the project: beside this one when installed, in the folder next door in a
 * build tree. */
#pragma once

/* Returns the path of the program (for example "gilscope-guard", built in folder "guard"), owned by the
 * caller, or NULL if it is in neither place. */
char *sibling_find(const char *folder, const char *program);
