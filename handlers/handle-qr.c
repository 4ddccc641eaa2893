/* GET /qr: a text as a QR code, so that a room of telephones finds the server without typing. The library
 * says which modules are dark; here they become one path of an SVG picture, a stroke for each row of them. */
#include <assert.h>
#include <qrencode.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "handlers/answer-run.h"
#include "handlers/app.h"

enum { QUIET = 4 }; /* modules of light around it, as ISO/IEC 18004 wants it */

/* A rectangle from each dark module as far as the row is dark. */
static void draw_row(FILE *file, const unsigned char *row, int width, int y)
{
    enum { DARK = 1 };

    for (int x = 0; x < width; x++) {
        int from = x;

        while (x < width && row[x] & DARK)
            x++;
        if (x > from)
            fprintf(file, "M%d %dh%dv1h-%dz", from + QUIET, y + QUIET, x - from, x - from);
    }
}

/* Light stands behind it in any case: a code on a dark page could not be read. */
static char *draw(const QRcode *code, size_t *ret_length)
{
    int side = code->width + 2 * QUIET;
    char *text = NULL;
    FILE *file = open_memstream(&text, ret_length);

    assert(file);
    fprintf(file,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
        "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"",
        side, side, side, side);
    for (int y = 0; y < code->width; y++)
        draw_row(file, code->data + y * code->width, code->width, y);
    fprintf(file, "\"/></svg>\n");
    fclose(file);
    return text;
}

Response *handle_qr(App *app, Request *request)
{
    auto_problem Problem problem = {0};
    json_auto_t *values = query_read(request, &problem);
    const char *text = json_string_value(json_object_get(values, "text"));
    QRcode *code;
    size_t length;
    char *drawn;

    (void)app;
    if (text && !*text)
        problem_add(&problem, "text", json_string(text), NULL, "is empty");
    if (problem_is_set(&problem))
        return answer_problem(&problem);
    /* The longest text that is allowed has room in a code of any version that corrects 15 % of it. */
    code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    assert(code);
    drawn = draw(code, &length);
    QRcode_free(code);
    return response_new(200, "image/svg+xml", drawn, length);
}
