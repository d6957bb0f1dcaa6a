/*
 * What generated tables say about C structs: the form of a member is taken from its C type by the
 * compiler, so that SDL and structs cannot drift apart. Only generated code includes this.
 */
#ifndef GRAPHQL_TYPES_MEMBER_H
#define GRAPHQL_TYPES_MEMBER_H

#include "graphql/types/schema.h"

/* GRAPHQL_FORM_NONE when the type is none that can be shown; generated code asserts against it. */
#define GRAPHQL_LEAF_FORM(type, member)                                                            \
    _Generic(((type *)0)->member, struct text                                                      \
             : GRAPHQL_FORM_TEXT, bool                                                             \
             : GRAPHQL_FORM_BOOL, int                                                              \
             : GRAPHQL_FORM_INT32, unsigned int                                                    \
             : GRAPHQL_FORM_INT32, long                                                            \
             : GRAPHQL_FORM_INT64, unsigned long                                                   \
             : GRAPHQL_FORM_INT64, long long                                                       \
             : GRAPHQL_FORM_INT64, unsigned long long                                              \
             : GRAPHQL_FORM_INT64, double                                                          \
             : GRAPHQL_FORM_DOUBLE, default                                                        \
             : GRAPHQL_FORM_NONE)

#define GRAPHQL_LEAVES_FORM(type, member)                                                          \
    _Generic(((type *)0)->member,                                                                  \
        struct text_list: GRAPHQL_FORM_TEXTS,                                                      \
        int *: GRAPHQL_FORM_INT32S,                                                                \
        const int *: GRAPHQL_FORM_INT32S,                                                          \
        unsigned int *: GRAPHQL_FORM_INT32S,                                                       \
        const unsigned int *: GRAPHQL_FORM_INT32S,                                                 \
        long *: GRAPHQL_FORM_INT64S,                                                               \
        const long *: GRAPHQL_FORM_INT64S,                                                         \
        default: GRAPHQL_FORM_NONE)

#define GRAPHQL_OBJECT_FORM(type, member, object)                                                  \
    _Generic(((type *)0)->member,                                                                  \
        object: GRAPHQL_FORM_STRUCT,                                                               \
        object *: GRAPHQL_FORM_POINTER,                                                            \
        const object *: GRAPHQL_FORM_POINTER,                                                      \
        default: GRAPHQL_FORM_NONE)

/* The same for an object whose struct is not known: interfaces and unions without @struct. */
#define GRAPHQL_POINTER_FORM(type, member, object)                                                 \
    _Generic(((type *)0)->member,                                                                  \
        object *: GRAPHQL_FORM_POINTER,                                                            \
        const object *: GRAPHQL_FORM_POINTER,                                                      \
        default: GRAPHQL_FORM_NONE)

#define GRAPHQL_OBJECTS_FORM(type, member, object)                                                 \
    _Generic(((type *)0)->member,                                                                  \
        object *: GRAPHQL_FORM_STRUCTS,                                                            \
        const object *: GRAPHQL_FORM_STRUCTS,                                                      \
        object **: GRAPHQL_FORM_POINTERS,                                                          \
        object *const *: GRAPHQL_FORM_POINTERS,                                                    \
        const object **: GRAPHQL_FORM_POINTERS,                                                    \
        const object *const *: GRAPHQL_FORM_POINTERS,                                              \
        default: GRAPHQL_FORM_NONE)

#endif
