/* A command line as people write one in a file of settings, taken apart into its words. */
#pragma once

/* Splits the text at blanks; "double quotes" keep blanks together, also in a part of a word, and have no
 * escapes. Returns 0 with *ret_words, NULL at the end, to be freed by split_free(); or -EINVAL if a quote is
 * not closed. A text of blanks has no words, "" is an empty one. */
int split_words(const char *text, char ***ret_words);

/* Returns the text that is split into these words, NULL at the end; owned by the caller. A double quote in a
 * word, which none has that was split, stands there as it is. */
char *split_join(const char *const *words);

/* Frees the words and their list; NULL is fine. */
void split_free(char **words);

static inline void split_cleanup(char ***words)
{
    split_free(*words);
}
#define auto_words __attribute__((cleanup(split_cleanup)))
