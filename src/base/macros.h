/* Compiler attributes and tiny helpers that every module may use. No state, no functions. */
#ifndef BASE_MACROS_H
#define BASE_MACROS_H

#include <assert.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_CHECK                    __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_at, first) __attribute__((format(printf, format_at, first)))
#define NO_RETURN                     __attribute__((noreturn))

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* Marks a parameter that an interface asks for and this implementation does not need. */
#define UNUSED(name) ((void)(name))

#endif
