/* Completion for bash, zsh (through its support for bash's) and fish. */
#include "cli/completion.h"

#include "cli/cli.h"

#include <string.h>

/* The first word of a name; true when it was not printed for an earlier command. */
static bool is_new_word(size_t index, struct text *word)
{
    struct text rest = text_z(command_table[index]->name), before;
    text_next_part(&rest, ' ', word);
    for (size_t i = 0; i < index; i++) {
        rest = text_z(command_table[i]->name);
        text_next_part(&rest, ' ', &before);
        if (text_equal(before, *word))
            return false;
    }
    return true;
}

static void print_first_words(FILE *out)
{
    struct text word;
    const char *blank = "";
    for (size_t i = 0; command_table[i]; i++) {
        if (!is_new_word(i, &word))
            continue;
        fprintf(out, "%s%.*s", blank, TEXT_ARG(word));
        blank = " ";
    }
}

/* "run trigger" as the pattern of a shell's case: run\ trigger */
static void print_pattern(FILE *out, const char *name)
{
    for (; *name; name++) {
        if (*name == ' ')
            fputc('\\', out);
        fputc(*name, out);
    }
}

/* The second words of a group, for the group's first command alone. */
static void print_group(FILE *out, size_t index)
{
    struct text word, name = text_z(command_table[index]->name);
    if (!is_new_word(index, &word) || word.len == name.len)
        return;
    fprintf(out, "    %.*s) words=\"", TEXT_ARG(word));
    const char *blank = "";
    for (size_t i = index; command_table[i]; i++) {
        struct text other = text_z(command_table[i]->name);
        if (other.len > word.len && text_starts_with(other, word) && other.at[word.len] == ' ') {
            fprintf(out, "%s%s", blank, other.at + word.len + 1);
            blank = " ";
        }
    }
    fputs("\" ;;\n", out);
}

static void print_options(FILE *out, const struct command *command)
{
    const struct option *option;
    fputs("    ", out);
    print_pattern(out, command->name);
    fputs(") words=\"", out);
    for (size_t i = 0; (option = command_option_at(command, i)); i++)
        fprintf(out, "%s--%s", i ? " " : "", option->name);
    fputs("\" ;;\n", out);
}

static void print_choices(FILE *out, const struct command *command)
{
    const struct option *option;
    for (size_t i = 0; (option = command_option_at(command, i)); i++) {
        if (!option->choices)
            continue;
        fputs("    ", out);
        print_pattern(out, command->name);
        fprintf(out, "\\ --%s) words=\"", option->name);
        for (size_t j = 0; option->choices[j]; j++)
            fprintf(out, "%s%s", j ? " " : "", option->choices[j]);
        fputs("\" ;;\n", out);
    }
}

static void print_function(FILE *out)
{
    fputs("_gatehouse() {\n"
          "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
          "    local first=${COMP_WORDS[1]} words=\"\"\n"
          "    local command=\"$first ${COMP_WORDS[2]}\"\n"
          "    COMPREPLY=()\n"
          "    if [ \"$COMP_CWORD\" = 1 ]; then\n"
          "        words=\"",
          out);
    print_first_words(out);
    fputs("\"\n"
          "    elif [ \"${before#--key-file}\" = \"\" ]; then\n"
          "        COMPREPLY=($(compgen -f -- \"$current\"))\n"
          "        return\n"
          "    else\n"
          "    if [ \"$COMP_CWORD\" = 2 ]; then\n"
          "    case \"$first\" in\n",
          out);
    for (size_t i = 0; command_table[i]; i++)
        print_group(out, i);
    fputs("    esac\n    fi\n    [ -n \"$words\" ] || case \"$command $before\" in\n", out);
    for (size_t i = 0; command_table[i]; i++)
        print_choices(out, command_table[i]);
    fputs("    esac\n    [ -n \"$words\" ] || case \"$command\" in\n", out);
    for (size_t i = 0; command_table[i]; i++) {
        if (strchr(command_table[i]->name, ' '))
            print_options(out, command_table[i]);
    }
    fputs("    esac\n    [ -n \"$words\" ] || case \"$first\" in\n", out);
    for (size_t i = 0; command_table[i]; i++) {
        if (!strchr(command_table[i]->name, ' '))
            print_options(out, command_table[i]);
    }
    fputs("    esac\n    fi\n"
          "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
          "}\n",
          out);
}

void completion_print_bash(FILE *out)
{
    fputs("# bash completion of gatehouse: eval \"$(gatehouse completion bash)\"\n", out);
    print_function(out);
    fputs("complete -F _gatehouse gatehouse\n", out);
}

void completion_print_zsh(FILE *out)
{
    fputs("# zsh completion of gatehouse: eval \"$(gatehouse completion zsh)\"\n"
          "autoload -U +X compinit && compinit\n"
          "autoload -U +X bashcompinit && bashcompinit\n",
          out);
    print_function(out);
    fputs("complete -F _gatehouse gatehouse\n", out);
}

/* A text between single quotes, which fish lets escape with a backslash. */
static void print_fish_quoted(FILE *out, const char *text)
{
    fputc('\'', out);
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            fputc('\\', out);
        fputc(*text, out);
    }
    fputc('\'', out);
}

static void print_fish_command(FILE *out, const struct command *command)
{
    const char *second = strchr(command->name, ' ');
    int len = second ? (int)(second - command->name) : (int)strlen(command->name);
    if (second)
        fprintf(out,
                "complete -c gatehouse -f -n '__fish_is_nth_token 2; and "
                "__fish_seen_subcommand_from %.*s' -a %s -d ",
                len, command->name, second + 1);
    else
        fprintf(out, "complete -c gatehouse -f -n __fish_use_subcommand -a %s -d ", command->name);
    print_fish_quoted(out, command->summary);
    fputc('\n', out);
}

static void print_fish_options(FILE *out, const struct command *command)
{
    const struct option *option;
    const char *second = strchr(command->name, ' ');
    int len = second ? (int)(second - command->name) : (int)strlen(command->name);
    for (size_t i = 0; (option = command_option_at(command, i)); i++) {
        fprintf(out, "complete -c gatehouse -n '__fish_seen_subcommand_from %.*s", len,
                command->name);
        if (second)
            fprintf(out, "; and __fish_seen_subcommand_from %s", second + 1);
        fprintf(out, "' -l %s%s -d ", option->name, option->argument ? " -r" : "");
        print_fish_quoted(out, option->summary);
        for (size_t j = 0; option->choices && option->choices[j]; j++)
            fprintf(out, "%s%s", j ? " " : " -f -a '", option->choices[j]);
        fputs(option->choices ? "'\n" : "\n", out);
    }
}

void completion_print_fish(FILE *out)
{
    struct text word;
    fputs("# fish completion of gatehouse: gatehouse completion fish | source\n", out);
    for (size_t i = 0; command_table[i]; i++) {
        size_t len = strlen(command_table[i]->name);
        if (is_new_word(i, &word) && word.len < len)
            fprintf(out, "complete -c gatehouse -f -n __fish_use_subcommand -a %.*s\n",
                    TEXT_ARG(word));
        print_fish_command(out, command_table[i]);
        print_fish_options(out, command_table[i]);
    }
}
