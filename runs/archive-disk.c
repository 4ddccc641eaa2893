#include "runs/archive-disk.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "runs/archive-place.h"
#include "runs/archive-schema.h"

void disk_init(Disk *disk, const char *path)
{
    *disk = (Disk){.path = path, .lock = -1};
}

static void set_notice(Disk *disk, char *words)
{
    free(disk->notice);
    disk->notice = words;
}

/* Returns NULL, or why not. */
static char *set_aside(Disk *disk)
{
    auto_free char *name = NULL;
    int r = place_set_aside(disk->place, &name);

    if (r < 0)
        return text_printf(
            "%s: is damaged and cannot be set aside under another name: %s", disk->path, strerror(-r));
    set_notice(disk, text_printf("%s was damaged and is kept as %s", disk->path, name));
    return NULL;
}

static char *open_shelf(Disk *disk)
{
    int r = shelf_open(&disk->shelf, disk->place);

    if (shelf_is_damage(r)) {
        char *words = set_aside(disk);

        if (words)
            return words;
        r = shelf_open(&disk->shelf, disk->place);
    }
    return r ? text_printf("%s: %s", disk->path, disk->shelf.error) : NULL;
}

/* Returns NULL, or why not. */
static char *find(Disk *disk)
{
    int r = place_find(disk->path, &disk->place);

    if (r < 0)
        return text_printf("%s: %s", disk->path, r == -EINVAL ? "is not a regular file" : strerror(-r));
    r = place_lock(disk->place);
    if (r == -EWOULDBLOCK)
        return text_printf("%s: another server has it", disk->path);
    if (r < 0)
        return text_printf("%s.lock: %s", disk->path, strerror(-r));
    disk->lock = r;
    return NULL;
}

char *disk_open(Disk *disk)
{
    char *words;

    if (!disk->path)
        return text_printf("no file is set");
    words = find(disk);
    if (!words)
        words = open_shelf(disk);
    if (words)
        disk_close(disk, true);
    return words;
}

char *disk_replace(Disk *disk)
{
    char *words;

    shelf_close(&disk->shelf, true);
    words = set_aside(disk);
    if (!words)
        words = open_shelf(disk);
    if (words)
        disk_close(disk, true);
    return words;
}

bool disk_let_go(Disk *disk)
{
    int moved = 0;

    sqlite3_file_control(disk->shelf.db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (!moved)
        return false;
    set_notice(disk, text_printf("%s was moved or deleted by somebody while it was in use", disk->path));
    disk_close(disk, true);
    return true;
}

void disk_close(Disk *disk, bool as_it_is)
{
    shelf_close(&disk->shelf, as_it_is);
    if (disk->lock >= 0)
        close(disk->lock);
    disk->lock = -1;
    free(disk->place);
    disk->place = NULL;
}

void disk_finish(Disk *disk)
{
    disk_close(disk, false);
    free(disk->notice);
}
