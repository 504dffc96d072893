/* about.h - what the program says about itself. src/gen/about.sh writes the
 * texts when the program is built. */
#ifndef ABOUT_H
#define ABOUT_H

/* Version, hash of the sources, target, versions of what is linked in, and
 * hardening: lines for people, and one JSON document. */
extern const char about_text[];
extern const char about_json[];

/* The licences of all that is linked in, with addresses. */
extern const char about_licenses[];

#endif
