/* Reading Ansible's output. */
#include "worker/ansible_output.h"

enum { RECAP_MAX = 4096 };

void ansible_output_init(struct ansible_output *output, struct report *report)
{
    *output = (struct ansible_output){.report = report};
}

/* What stands between `open` and the last ']' of the line; empty when it does not begin so. */
static struct text bracketed(struct text line, struct text open)
{
    if (!text_starts_with(line, open))
        return TEXT("");
    size_t end = line.len;
    while (end > open.len && line.at[end - 1] != ']')
        end--;
    return end > open.len ? text_slice(line, open.len, end - 1) : TEXT("");
}

/* "changed: [web1] => (item=x)" and "changed: [web1 -> localhost]" are both about web1. */
static struct text host_of(struct text line)
{
    struct text rest = text_slice(line, sizeof("changed: [") - 1, line.len);
    size_t end = text_find_byte(rest, ']', 0);
    size_t delegated = text_find(rest, TEXT(" -> "), 0);
    return text_slice(rest, 0, delegated < end ? delegated : end);
}

static void read_change(struct ansible_output *output, struct text line)
{
    struct text host = host_of(line);
    struct report *report = output->report;
    struct text address =
        text_format(report->arena, "%.*s: %.*s", TEXT_ARG(host), TEXT_ARG(output->task));
    const struct report_change *changes = LIST_ITEMS(&report->changes, struct report_change);
    /* A loop reports one line an item. */
    if (report->changes.len && text_equal(changes[report->changes.len - 1].address, address))
        return;
    if (!address.at || !report_add_change(report, (struct report_change){.address = address,
                                                                         .type = TEXT("change")}))
        output->failed = true;
}

/* "ok=2    changed=1 ..." as {"ok":2,"changed":1,...}. */
static struct text counts_as_json(struct report *report, struct text counts)
{
    struct buffer out;
    struct json_writer writer;
    struct text part;
    buffer_init(&out, report->arena, RECAP_MAX);
    json_writer_init(&writer, &out);
    json_begin_object(&writer);
    while (text_next_part(&counts, ' ', &part)) {
        size_t equals = text_find_byte(part, '=', 0);
        int64_t count;
        if (!text_to_int64(text_slice(part, equals + 1, part.len), &count))
            continue;
        json_key(&writer, text_slice(part, 0, equals));
        json_int64(&writer, count);
        if (text_starts_with(part, TEXT("ok=")))
            report->resources += count;
    }
    json_end_object(&writer);
    return out.failed ? (struct text){NULL, 0} : buffer_text(&out);
}

/* "web1     : ok=2    changed=1    unreachable=0 ..." */
static void read_recap(struct ansible_output *output, struct text line)
{
    size_t colon = text_find(line, TEXT(" : ok="), 0);
    if (colon == line.len)
        return;
    struct report *report = output->report;
    struct text host = text_copy(report->arena, text_trim(text_slice(line, 0, colon)));
    struct text counts = counts_as_json(report, text_slice(line, colon + 3, line.len));
    struct report_entity *entity = host.at && counts.at ? list_push(&report->entities) : NULL;
    if (!entity) {
        output->failed = true;
        return;
    }
    *entity = (struct report_entity){.address = host,
                                     .type = TEXT("ansible_host"),
                                     .name = host,
                                     .mode = TEXT("managed"),
                                     .provider = TEXT("ansible"),
                                     .values = counts};
}

static void open_task(struct ansible_output *output, struct text name)
{
    output->task = text_copy(output->report->arena, name);
    if (!output->task.at)
        output->failed = true;
}

void ansible_output_read(struct ansible_output *output, struct text line)
{
    struct text trimmed = text_trim(line);
    struct text task = bracketed(trimmed, TEXT("TASK ["));
    struct text handler = bracketed(trimmed, TEXT("RUNNING HANDLER ["));
    if (task.len)
        open_task(output, task);
    else if (handler.len)
        open_task(output, handler);
    else if (text_starts_with(trimmed, TEXT("PLAY RECAP ")))
        output->recap = true;
    else if (output->recap)
        read_recap(output, trimmed);
    else if (text_starts_with(trimmed, TEXT("changed: [")))
        read_change(output, trimmed);
}
