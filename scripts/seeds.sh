#!/usr/bin/env bash
# Prints docs/seeds.md, the page that people read, from docs/seeds.tsv. `make seeds` writes it.
set -euo pipefail
cd "$(dirname "$0")/.."
awk -F '\t' '
function name(seed) {
    return seed == "000" ? "Website inbox, live chat and bookings" \
        : seed == "001" ? "Client portal: projects and support" \
        : seed == "002" ? "Ticketing, teams and help centre" \
        : seed == "003" ? "Social conversations, leads and CRM" \
        : seed == "004" ? "B2Chat analytics" : seed
}
function code(words, n, part, i, out) {
    n = split(words, part, " ")
    for (i = 1; i <= n; i++) out = out (i > 1 ? "<br>" : "") "`" part[i] "`"
    return out
}
NR == 1 { next }
{
    seed = $1; table = seed "\t" $2
    if (!(seed in seeds)) { seeds[seed]; order[++products] = seed }
    if (!(table in columns)) { tables[seed] = tables[seed] (tables[seed] == "" ? "" : "\n") $2 }
    columns[table]++; all[seed]++
    note = $6; gsub(/\|/, "\\|", note)
    shown = ""
    if (note ~ /^[A-Z][A-Za-z]*\.[a-z][A-Za-z]*/) {
        match(note, /^[A-Z][A-Za-z]*\.[a-z][A-Za-z]*/)
        shown = "`" substr(note, 1, RLENGTH) "`"
        note = substr(note, RLENGTH + 1); sub(/^[,;:]? */, "", note)
    }
    if ($5 == "later") { later[seed]++; waits[table]++; when[table] = $6 }
    else if ($5 == "") none[seed]++
    else here[seed]++
    lines[table] = lines[table] "| `" $3 "` | " ($5 == "later" ? "later" : code($5)) " | " shown " | " note " |\n"
}
END {
    print "# What becomes of the columns of five products"
    print ""
    print "Frontdesk does the jobs of five products. For whoever moves over from one of them, and for whoever writes an"
    print "importer: each column of their tables, where it is here, in which field of the API it is read, and how its values"
    print "are carried over. Made by `make seeds` from [seeds.tsv](seeds.tsv), which a test holds against the migrated schema of"
    print "both databases and against `schema.graphql`."
    print ""
    print "What holds for every column and is not said again: ids are made anew (UUIDv7), with a map of the old ones, so that"
    print "references and old links resolve; times without a zone are read in a zone that is told, and kept in UTC; a text goes"
    print "over as it is, within the limits of its field. `tenant.` is the schema of one company (on SQLite its file), `public.`"
    print "what all have in common. `old→new` is a word there and the word that is stored here. What is hidden is read by nobody"
    print "over the API. Later: not built yet."
    print ""
    print "| product | columns | here | no column | later |"
    print "|---|---:|---:|---:|---:|"
    for (p = 1; p <= products; p++) {
        s = order[p]
        printf "| %s %s | %d | %d | %d | %d |\n", s, name(s), all[s], here[s], none[s], later[s]
        a += all[s]; h += here[s]; n0 += none[s]; l += later[s]
    }
    printf "| all | %d | %d | %d | %d |\n", a, h, n0, l
    for (p = 1; p <= products; p++) {
        s = order[p]
        printf "\n## %s %s\n", s, name(s)
        n = split(tables[s], part, "\n"); rest = ""
        for (i = 1; i <= n; i++) {
            t = s "\t" part[i]
            if (waits[t] == columns[t]) { rest = rest "| `" part[i] "` | " columns[t] " | " when[t] " |\n"; continue }
            printf "\n### `%s`\n\n| column | here | read as | carried over |\n|---|---|---|---|\n%s", part[i], lines[t]
        }
        if (rest != "") printf "\n### Later\n\n| table | columns | |\n|---|---:|---|\n%s", rest
    }
}' docs/seeds.tsv
