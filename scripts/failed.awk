#!/usr/bin/awk -f
# Of what `cargo test` printed: each test that failed with the first lines of its panic, those that did not end, and errors.

function tell(  i) {
    if (name == "") return
    print "  " name
    from = panicked ? panicked : 1
    for (i = from; i < from + 8 && i <= lines; i++) print "      " substr(line[i], 1, 400)
    name = ""
}

/^test .* \.\.\. FAILED$/ { failed[$2] = 1 }
# The last that a test process says before it gives up, whatever stands before it on its line.
/test [^ ]+ does not end; what runs:$/ { sub(/.*test /, ""); print "  " $0; next }
/^---- .* ----$/ { tell(); name = $2; lines = 0; panicked = 0; delete failed[name]; next }
# Behind the last test that failed stands a list of their names.
name != "" && (/^failures:$/ || /^test result: /) { tell() }
name != "" && /[^ ]/ {
    line[++lines] = $0
    if (!panicked && /panicked at /) panicked = lines
}
/^error(\[|:)/ { errors[++wrong] = $0 }

END {
    tell()
    for (name in failed) print "  " name
    for (i = 1; i <= wrong; i++) print "  " substr(errors[i], 1, 400)
}
