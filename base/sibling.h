/* Finds the other programs of the project, and its files: beside this one when installed, in the folder next
 * door in a build tree. */
#pragma once

/* Returns the path of the program (for example "gilscope-guard", built in folder "guard"), owned by the
 * caller, or NULL if it is in neither place. */
char *sibling_find(const char *folder, const char *program);

/* The same for a file that programs read: in this folder of a build tree, or in the installed one, which is
 * an absolute path or begins where the programs are. */
char *sibling_find_file(const char *folder, const char *installed, const char *name);
