/*
 * People as GitHub knows them: whose token it is, and what that person is in the organisation that
 * the settings name. Asked in the middle of a unit; see kernel/outside.h. A token is used for
 * these questions and kept nowhere.
 */
#ifndef IDENTITY_GITHUB_H
#define IDENTITY_GITHUB_H

#include "kernel/ctx.h"

struct github_person {
    struct text subject; /* who it is for ever, whatever the name: "github:<number>" */
    struct text login;
    struct text name;       /* may be empty */
    bool is_administrator;  /* of the organisation */
    bool is_outsider;       /* no member of it; only subject, login and name are known then */
    struct text_list teams; /* names of those in the organisation, and of the teams those are in */
};

/* UNAUTHENTICATED, beginning with "unauthorized", for a token that GitHub refuses, for whoever is
 * no member of the organisation, and where no organisation is set. */
MUST_CHECK bool github_person_read(struct ctx *ctx, struct text token, struct github_person *out);

#endif
