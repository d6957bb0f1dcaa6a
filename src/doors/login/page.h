/*
 * A page: a request of a browser that becomes a unit of work and an answer in HTML, or a redirect.
 * It knows who asks by the session's cookie, refuses forms that another site could have made, and
 * sends what keeps a page to itself: nothing on it may come from elsewhere, run, be framed or be
 * kept.
 *
 * A page's work may run several times (doors/request_unit.h); what it wrote is dropped each time.
 */
#ifndef DOORS_LOGIN_PAGE_H
#define DOORS_LOGIN_PAGE_H

#include "base/list.h"
#include "doors/login/cookie.h"
#include "doors/login/html.h"
#include "doors/request_unit.h"
#include "net/http_parameters.h"

struct page {
    struct request_unit unit; /* first: the two are one pointer */
    /* Writes the answer by the functions below. False with the unit's error set rolls back and
     * shows the error. */
    bool (*work)(struct ctx *ctx, struct page *page);
    struct http_request *request;
    struct account *account;
    struct http_parameters form; /* of a POST */
    struct text browser;         /* what forms are bound to */
    bool is_new_browser;

    /* Of the newest run. */
    const struct actor *actor; /* who asks */
    unsigned status;
    struct text location;    /* of a redirect; at == NULL: none */
    struct text form_target; /* another origin that a form of the page ends at; may be empty */
    struct buffer html;
    struct list cookies; /* struct text: values of Set-Cookie */
};

typedef bool (*page_work_fn)(struct ctx *ctx, struct page *page);

/* Answers the request by the work. A form (POST) is refused without the token that page_form
 * writes. A POST, and a GET that says so, is a writing unit. */
void page_start(struct http_request *request, void *account, page_work_fn work);
void page_start_writing(struct http_request *request, void *account, page_work_fn work);

/* Fields of the form and parameters of the query; the empty text when absent. */
struct text page_field(const struct page *page, const char *name);
struct text page_parameter(const struct page *page, const char *name);

struct text page_user_agent(const struct page *page);

/* Everything before the content, with a heading, and everything behind it. What was written before
 * is dropped. */
void page_begin(struct page *page, unsigned status, const char *title);
/* The same for tables. */
void page_begin_wide(struct page *page, unsigned status, const char *title);
void page_end(struct page *page);
/* A whole page that says why something did not work, and where to go from there. Always true. */
bool page_problem(struct page *page, unsigned status, const char *title, struct text sentence);
/* 303 to a path of this server, or to an address that the caller has checked. Always true. */
bool page_redirect(struct page *page, struct text location);

/* <form>, with what proves that it is ours; the caller writes </form>. */
void page_form(struct page *page, struct text action);
void page_hidden(struct page *page, const char *name, struct text value);
/* A message that assistive technology reads out. */
void page_alert(struct page *page, struct text sentence);

/* See cookie.h. */
void page_set_cookie(struct page *page, const char *name, struct text value, int64_t age);

/* Where a login may go on to: the path itself, with its query, when it is one of our pages that ask
 * for a login; the page of one's account for everything else, other sites included. */
struct text page_after_login(struct text path);

#endif
