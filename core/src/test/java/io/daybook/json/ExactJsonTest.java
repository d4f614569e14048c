package io.daybook.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExactJsonTest {

    private static ExactJson.Fault altered(String json) {
        return ExactJson.alteredIn(json.getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9007199254740993",
                "-9007199254740993",
                "9007199254740994",
                "9223372036854775807",
                "18446744073709551616",
                "100000000000000000000000000000",
                "0.1000000000000000055511151231257827",
                "1234567890.1234567890",
                "3.141592653589793238",
                "1e400",
                "-1e309",
                "1e-400",
                "1e60000000",
                "1e-999999999999999999",
                "4e-324"
            })
    void finds_number_that_a_double_does_not_hold(String number) {
        for (String json : List.of(number, "[1,{\"a\":" + number + "}]", "{\"9007199254740993\": " + number + " }")) {
            assertThat(altered(json)).as(json).isNotNull();
            assertThat(altered(json).rule()).contains("write it as a string").doesNotContain(number);
        }
        assertThat(altered("{\"a\":\"" + number + "\"}")).as("as text").isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "9007199254740992",
                "-9007199254740992",
                "0.1",
                "10.00",
                "0.00000000000000000000",
                "1E+3",
                "1.0E23",
                "1.7976931348623157E308",
                "4.9E-324",
                "5e-324",
                "2.2250738585072014E-308",
                "5.6843418860808015E-14",
                "2.0E-3",
                "1.17549435E-38",
                "true",
                "\"-\"",
                "\"\\\"9007199254740993\"",
                "\"\\\\\"",
                "\"\\uD83D\\uDE00\"",
                "\"\\\\uD83D\"",
                "\"\uD83D\uDE00\uD7FF\uE000\""
            })
    void accepts_what_comes_back_as_it_is(String json) {
        assertThat(altered(json)).isNull();
    }

    @Test
    void accepts_every_double_and_float_that_java_writes() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            float small = Float.intBitsToFloat(random.nextInt());
            if (Double.isFinite(value)) {
                assertThat(altered("" + value)).as("%s", value).isNull();
            }
            if (Float.isFinite(small)) {
                assertThat(altered("" + small)).as("%s", small).isNull();
            }
        }
    }

    @Test
    void finds_every_decimal_beside_a_double() {
        Random random = new Random(8);
        for (int i = 0; i < 2_000; i++) {
            String beside = new BigDecimal(random.nextDouble())
                    .add(new BigDecimal("1e-60"))
                    .toPlainString();
            assertThat(altered(beside)).as(beside).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"\\uD83D\"",
                "\"\\ud83d x\"",
                "\"\\uDE00\"",
                "\"\\uDE00\\uD83D\"",
                "\"\\uD83D\\u0041\"",
                "{\"a\\uD83D\":1}",
                "[\"\\\\\\uD83D\"]"
            })
    void finds_unpaired_surrogate_in_values_and_names(String json) {
        assertThat(altered(json)).isNotNull();
        assertThat(altered(json).rule()).contains("unpaired surrogate");
        assertThat(ExactJson.harmfulIn(json.getBytes(UTF_8))).isNotNull();
    }

    @Test
    void finds_surrogate_in_three_bytes() {
        assertThat(ExactJson.alteredIn(new byte[] {'"', (byte) 0xED, (byte) 0xA0, (byte) 0xBD, '"'}))
                .isNotNull();
    }

    @Test
    void names_the_position_of_the_token() {
        assertThat(altered("{\"x\":[0,{\"y\":[[9007199254740993]]}],\"z\":1}").path())
                .containsExactly("x", 1, "y", 0, 0);
        assertThat(altered("9007199254740993").path()).isEmpty();
        assertThat(altered("{\"a\":{\"b\\uD83D\":1}}").path()).containsExactly("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e1001", "1e60000000", "-1E+999999999999999999999", "1e-2000", "0e99999", "0.0e-1001"})
    void finds_number_with_too_many_zeros(String number) {
        assertThat(ExactJson.harmfulIn(("{\"a\":" + number + "}").getBytes(UTF_8)))
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e1000", "9007199254740993", "1.5e-900", "12345678901234567890.1234567890"})
    void bounds_nothing_else_in_what_is_read(String number) {
        assertThat(ExactJson.harmfulIn(("{\"a\":" + number + "}").getBytes(UTF_8)))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\"",
                "\"\\",
                "\"\\u",
                "\"\\uD83",
                "-",
                "1e",
                "--",
                "\"\\uzzzz\"",
                "{",
                "1.2.3.4.5.6.7.8.9.0.1.2.3.4.5.6"
            })
    void leaves_malformed_json_to_the_parser(String json) {
        altered(json);
        ExactJson.harmfulIn(json.getBytes(UTF_8));
    }
}
