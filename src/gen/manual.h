/* manual.h - the parts of repository-dispatch(1) that tables have, in the mdoc
 * language (mdoc(7)). A host tool's. */
#ifndef MANUAL_H
#define MANUAL_H

/* Each prints the items of a list on standard output. */

/* The options with their names, meaning and default. */
void manual_print_options(void);

/* The variables that stand in for the options' own. */
void manual_print_aliases(void);

/* The exit statuses. */
void manual_print_statuses(void);

#endif
