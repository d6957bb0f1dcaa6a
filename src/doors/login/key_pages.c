/* /apikeytoken: being an API key for a while, to see what it may do. */
#include "doors/login/login_pages.h"
#include "identity/token.h"

static bool write_form(struct page *page, unsigned status, struct text problem)
{
    page_begin(page, status, "Log in as an API key");
    if (problem.len)
        page_alert(page, problem);
    HTML_MARKUP(&page->html,
                "<p>You will have the rights of the key, and what you do is recorded as "
                "done by it.</p>");
    page_form(page, TEXT("/apikeytoken"));
    HTML(&page->html,
         "<label for=\"key\">Id of the key</label>"
         "<input id=\"key\" name=\"key\" value=\"{}\" autocomplete=\"off\" "
         "autocapitalize=\"characters\" spellcheck=\"false\" maxlength=\"100\" required>"
         "<label for=\"secret\">Secret</label>"
         "<input id=\"secret\" name=\"secret\" type=\"password\" autocomplete=\"off\" "
         "maxlength=\"16384\" aria-describedby=\"secret-help\" required>"
         "<p class=\"help\" id=\"secret-help\">For a key that trusts an identity provider: one of "
         "its ID tokens.</p><button>Log in</button></form>"
         "<p class=\"aside\"><a href=\"/login\">Log in as yourself</a></p>",
         page_field(page, "key"));
    page_end(page);
    return true;
}

bool key_page_show(struct ctx *ctx, struct page *page)
{
    UNUSED(ctx);
    return write_form(page, 200, TEXT(""));
}

bool key_page_submit(struct ctx *ctx, struct page *page)
{
    struct token *token;
    if (!token_exchange(ctx, text_trim(page_field(page, "key")),
                        text_trim(page_field(page, "secret")), &token))
        return false;
    if (!token)
        return write_form(page, 403, TEXT("There is no such key, or the secret is not its own."));
    return page_log_in(ctx, page, token, TEXT("/account"));
}
