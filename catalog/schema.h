/* From JSON that somebody else wrote to structs, by tables: a Shape lists the members that an object may
 * have, what each must be, and the field that it fills. Nothing is taken on trust, and the first thing that
 * is wrong is said with its place: "locks[0].name: must be a name, is missing".
 *
 * Members that no table names are left alone, so that a newer document can be read.
 *
 * Reading goes on the stack, in one thread. Texts are not copied: the structs point into the document, which
 * has to outlive them. Everything else that is allocated comes from the reader's memo. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/memo.h"

/* Where in the document something stands: a member of what stands in `in`, or an item if member is NULL. A
 * Place lives on the stack of the function that walks there, and only for as long as it does. The document
 * as a whole is {0}. */
typedef struct Place {
    const struct Place *in;
    const char *member;
    size_t index;
} Place;

typedef struct Reader {
    Memo **memo;  /* takes what the structs point at */
    void *root;   /* what is being read as a whole, for checks that look across */
    char *reason; /* owned; set once something is wrong */
} Reader;

/* What the value must be, and the type of the field that it fills. A field of another type than its row says
 * would be written over its end: nothing but these comments ties the two together. */
typedef enum MemberKind {
    MEMBER_NAME,    /* const char *: letters, digits, and . _ - between them: fit for a URL and a list */
    MEMBER_TEXT,    /* const char *: any text, also an empty one */
    MEMBER_FLAG,    /* bool */
    MEMBER_INTEGER, /* int64_t */
    MEMBER_NUMBER,  /* double */
    MEMBER_WORD,    /* an enum: the index in words */
    MEMBER_OBJECT,  /* const json_t *: an object */
    MEMBER_VALUE,   /* const json_t *: anything */
    MEMBER_NAMES,   /* const char *const * and size_t: a list of names */
    MEMBER_SET,     /* the same, and none stands twice */
    MEMBER_LIST,    /* const struct * and size_t: a list of objects of a shape, none with a name twice */
    MEMBER_PART,    /* a struct inside this one, of a shape */
} MemberKind;

typedef enum MemberNeed {
    MEMBER_REQUIRED,
    MEMBER_NULLABLE, /* must be there, and may be null */
    MEMBER_OPTIONAL, /* may be null or missing: the field stays 0 */
} MemberNeed;

typedef struct Shape Shape;

typedef struct Member {
    const char *name;
    MemberKind kind;
    MemberNeed need;
    size_t offset, count_offset; /* of the field, and of the number of items */
    double min, max;             /* of a number; both 0: any that fits */
    const char *const *words;    /* of MEMBER_WORD; ends with NULL */
    const Shape *shape;          /* of MEMBER_LIST and MEMBER_PART */
} Member;

struct Shape {
    const Member *members;
    size_t n_members;
    size_t size; /* of the struct */

    /* What the table cannot say; may be NULL. Called when all members are read. Returns whether it is right,
     * and has complained if not. */
    bool (*check)(Reader *reader, const Place *place, const json_t *json, void *target);
};

/* Fills target, which must be zero, from json. Returns whether all of it is right. */
bool shape_read(Reader *reader, const Place *place, const Shape *shape, const json_t *json, void *target);

/* The same for one member alone: json is its value. */
bool member_read(Reader *reader, const Place *place, const Member *member, const json_t *json, void *target);

/* Says what is wrong with what stands in a place: "must be ..."; the first complaint stays. Returns false. */
bool reader_complain(Reader *reader, const Place *place, const char *reason, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for something of the wrong type: wanted is "a text". */
bool reader_refuse(Reader *reader, const Place *place, const char *wanted, const json_t *json);

/* Whether a value that is passed on unread is nested so little (32 deep) that it can be written where it stands
 * deeper, inside of an answer; has complained if not. */
bool reader_check_depth(Reader *reader, const Place *place, const json_t *json);

/* Whether a text is a name as MEMBER_NAME has it; has complained if not. For names of members. */
bool reader_check_name(Reader *reader, const Place *place, const char *name);
