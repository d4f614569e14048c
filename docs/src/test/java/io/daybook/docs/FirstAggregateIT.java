package io.daybook.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.docs.consumers.OutsideProject;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a newcomer does: makes the files of the guide's first chapter in an empty folder, runs the commands that it shows and
 * reads what it says they print.
 */
class FirstAggregateIT {

    /** A command of one line, and the lines that it is to print. */
    private static final Pattern RUN = Pattern.compile(
            "^```sh\\Rmvn ([^\\n]*)\\R```[^`]*^```text\\R(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);

    @TempDir
    private Path directory;

    @Test
    void the_files_and_commands_of_the_first_chapter_are_all_that_is_needed() throws Exception {
        Path bank = directory.resolve("bank");
        Samples.write(Samples.FIRST_CHAPTER, bank);
        String page = Samples.read(Samples.FIRST_CHAPTER);
        Matcher run = RUN.matcher(page.substring(page.indexOf("## Run it")));
        int runs = 0;
        try (OutsideProject project = OutsideProject.in(bank, "core")) {
            while (run.find()) {
                String printed = project.maven(run.group(1).split(" "));
                assertThat(printed).contains(run.group(2).lines().toList());
                runs++;
            }
        }
        assertThat(runs).isEqualTo(2);
    }
}
