/* The formats, one file each; private to this folder. Each writes the whole run. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

void csv_write(const json_t *run, FILE *file);
void table_write(const json_t *run, bool markdown, FILE *file);
