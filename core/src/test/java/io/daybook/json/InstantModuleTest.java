package io.daybook.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.daybook.serialization.JacksonDefaults;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jackson's own module is the reference: the same text on the wire, the same instants and refusals. */
class InstantModuleTest {

    private static final ObjectMapper REFERENCE = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();
    private static final ObjectMapper OURS = JacksonDefaults.mapper().build();

    private record Formatted(
            @JsonFormat(pattern = "yyyy-MM-dd", timezone = "UTC")
            Instant day,

            @JsonFormat(shape = JsonFormat.Shape.NUMBER_INT) Instant millis,

            Instant plain) {}

    private static void assertAlike(Instant instant) throws Exception {
        String text = OURS.writeValueAsString(instant);
        assertThat(text).isEqualTo(REFERENCE.writeValueAsString(instant));
        assertThat(OURS.readValue(text, Instant.class)).isEqualTo(instant);
    }

    @Test
    @Tag("faults")
    void every_pattern_of_nanoseconds_is_written_and_read_as_jackson_does() throws Exception {
        Instant second = Instant.parse("2026-01-02T03:04:05Z");
        for (int nano = 0; nano < 1_000_000_000; nano += 1_000_000) {
            assertAlike(second.plusNanos(nano));
        }
        for (int power = 1; power < 1_000_000_000; power *= 10) {
            for (int digit = 1; digit < 10; digit++) {
                assertAlike(second.plusNanos((long) power * digit));
                assertAlike(second.plusNanos(999_999_999L - (long) power * digit % 999_999_999L));
            }
        }
        Random random = new Random(7);
        for (int i = 0; i < 50_000; i++) {
            assertAlike(Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000)));
        }
    }

    @Test
    @Tag("faults")
    void every_day_of_the_years_0_to_9999_and_those_beyond_are_too() throws Exception {
        for (LocalDate day = LocalDate.of(-2, 1, 1); day.getYear() < 10_002; day = day.plusDays(5)) {
            assertAlike(day.atTime(23, 59, 59).toInstant(ZoneOffset.UTC));
        }
        for (int year : List.of(-1, 0, 4, 100, 400, 1582, 1900, 1969, 1970, 2000, 2024, 9999, 10_000)) {
            for (LocalDate day = LocalDate.of(year, 1, 1); day.getYear() == year; day = day.plusDays(1)) {
                assertAlike(day.atStartOfDay().toInstant(ZoneOffset.UTC));
            }
        }
        assertAlike(Instant.MIN);
        assertAlike(Instant.MAX);
    }

    @Test
    void other_texts_are_read_or_refused_as_jackson_does() {
        for (String json : List.of(
                "\"2026-01-02T03:04:05.1Z\"",
                "\"2026-01-02T03:04:05.12345678Z\"",
                "\"2026-01-02T03:04:05.1234567890Z\"",
                "\"2026-01-02T03:04:05.Z\"",
                "\"2026-01-02T03:04Z\"",
                "\"2026-01-02T03:04:05+01:00\"",
                "\"2026-01-02T03:04:05.5+0100\"",
                "\"2026-01-02T24:00:00Z\"",
                "\"2026-01-02T23:59:60Z\"",
                "\"2026-02-29T00:00:00Z\"",
                "\"2024-02-29T00:00:00Z\"",
                "\"2026-13-01T00:00:00Z\"",
                "\"2026-00-01T00:00:00Z\"",
                "\"2026-01-00T00:00:00Z\"",
                "\"2026-01-32T00:00:00Z\"",
                "\"2026-04-31T00:00:00Z\"",
                "\"2026-01-02t03:04:05z\"",
                "\"2026-01-02 03:04:05Z\"",
                "\"2026-01-0203:04:05Z\"",
                "\"+2026-01-02T03:04:05Z\"",
                "\"-2026-01-02T03:04:05Z\"",
                "\" 2026-01-02T03:04:05Z \"",
                "\"２０２６-01-02T03:04:05Z\"",
                "\"2026-01-02T03:04:05.00000000AZ\"",
                "\"1767322445\"",
                "1767322445",
                "1767322445.5",
                "\"\"",
                "null",
                "true",
                "{}")) {
            assertThat(outcome(OURS, json)).as(json).isEqualTo(outcome(REFERENCE, json));
        }
    }

    private static String outcome(ObjectMapper mapper, String json) {
        Instant[] read = new Instant[1];
        Throwable refused = catchThrowable(() -> read[0] = mapper.readValue(json, Instant.class));
        return refused == null
                ? String.valueOf(read[0])
                : refused.getClass().getSimpleName(); // the messages quote the settings of the mapper
    }

    @Test
    void annotations_keys_and_containers_are_respected() throws Exception {
        Instant at = Instant.parse("2026-01-02T00:00:00.120Z");
        for (Object value : List.of(
                new Formatted(at, at, at),
                Map.of(at, at),
                List.of(at),
                Optional.of(at).stream().toList())) {
            assertThat(OURS.writeValueAsString(value)).isEqualTo(REFERENCE.writeValueAsString(value));
        }
        Formatted back =
                OURS.readValue("{\"plain\":\"2026-01-02T00:00:00.12Z\",\"millis\":1767312000120}", Formatted.class);
        assertThat(back.plain()).isEqualTo(at);
        assertThat(back.millis())
                .isEqualTo(REFERENCE
                        .readValue("{\"millis\":1767312000120}", Formatted.class)
                        .millis());
    }

    @Test
    void a_mapper_that_is_set_to_timestamps_writes_timestamps() throws Exception {
        ObjectMapper timestamps = JacksonDefaults.mapper()
                .enable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .build();
        Instant at = Instant.parse("2026-01-02T03:04:05.123456789Z");

        assertThat(timestamps.writeValueAsString(at)).isEqualTo("1767323045.123456789");
        assertThat(timestamps.readValue("1767323045.123456789", Instant.class)).isEqualTo(at);
    }
}
