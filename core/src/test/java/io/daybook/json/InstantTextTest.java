package io.daybook.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The JDK is the reference: every text that it writes or reads, this one does alike. */
class InstantTextTest {

    private static final DateTimeFormatter REFERENCE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private static void assertAlike(Instant instant) {
        String text = InstantText.format(instant);
        assertThat(text).isEqualTo(REFERENCE.format(instant));
        assertThat(InstantText.parse(text)).isEqualTo(instant);
    }

    @Test
    @Tag("faults")
    void every_day_of_all_years_is_written_and_read_as_the_jdk_does() {
        for (LocalDate day = LocalDate.of(0, 1, 1); day.getYear() < 10_000; day = day.plusDays(7)) {
            assertAlike(day.atStartOfDay().toInstant(ZoneOffset.UTC));
        }
        for (int year : List.of(0, 4, 100, 400, 1582, 1900, 1969, 1970, 2000, 2024, 2026, 9999)) {
            for (LocalDate day = LocalDate.of(year, 1, 1); day.getYear() == year; day = day.plusDays(1)) {
                assertAlike(day.atTime(23, 59, 59, 999_999_999).toInstant(ZoneOffset.UTC));
            }
        }
    }

    @Test
    @Tag("faults")
    void every_second_of_a_day_and_any_fraction_are_written_and_read_as_the_jdk_does() {
        Instant day = Instant.parse("1969-12-31T00:00:00Z");
        for (int second = 0; second < 86_400; second++) {
            assertAlike(day.plusSeconds(second));
        }
        Random random = new Random(42);
        for (int i = 0; i < 100_000; i++) {
            long seconds = FIRST.getEpochSecond()
                    + (long) (random.nextDouble() * (LAST.getEpochSecond() - FIRST.getEpochSecond()));
            assertAlike(Instant.ofEpochSecond(seconds, random.nextInt(1_000_000_000)));
        }
        assertAlike(FIRST);
        assertAlike(LAST);
    }

    @Test
    void other_texts_are_read_as_the_jdk_reads_them() {
        for (String text : List.of(
                "2026-01-02T03:04:05Z",
                "2026-01-02T03:04:05.1Z",
                "2026-01-02T03:04:05.123456Z",
                "+10000-01-01T00:00:00Z",
                "-0001-01-01T00:00:00Z",
                "2026-01-02T24:00:00.000000000Z",
                "2026-01-02T23:59:60.000000000Z",
                "2026-01-02t03:04:05z")) {
            assertThat(InstantText.parse(text)).as(text).isEqualTo(Instant.parse(text));
        }
    }

    @Test
    void what_is_no_instant_is_refused_as_the_jdk_refuses_it() {
        for (String text : List.of(
                "",
                "yesterday",
                "2026-02-30T03:04:05.000000000Z",
                "2026-13-01T03:04:05.000000000Z",
                "2026-00-01T03:04:05.000000000Z",
                "2026-01-02T25:04:05.000000000Z",
                "2026-01-02T03:60:05.000000000Z",
                "2026-01-02T03:04:61.000000000Z",
                "2026-01-02T03:04:05.00000000xZ",
                "٢٠٢٦-01-02T03:04:05.000000000Z")) {
            assertThatExceptionOfType(DateTimeParseException.class).as(text).isThrownBy(() -> InstantText.parse(text));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> InstantText.format(LAST.plusNanos(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> InstantText.format(FIRST.minusNanos(1)));
    }
}
