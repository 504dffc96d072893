/* completion.h - the options, as the completions of three shells want them. A
 * host tool's; what the shells do with them is in the templates beside it. */
#ifndef COMPLETION_H
#define COMPLETION_H

/* Each prints on standard output: */

/* lists of options, as variables for bash; */
void completion_print_bash(void);

/* arguments of _arguments for zsh; */
void completion_print_zsh(void);

/* a command for each option for fish. */
void completion_print_fish(void);

#endif
