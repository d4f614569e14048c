package io.daybook.sample.order.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializerBase;
import io.daybook.sample.order.domain.OrderRules;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Readers and writers for amounts and times, and for the numbers and dates in query parameters, which are text. */
final class Scalars {

    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,20}(\\.[0-9]{1,20})?");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,19}");
    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);
    private static final DateTimeFormatter NINE_DIGITS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Scalars() {}

    static SimpleModule module() {
        SimpleModule module = new SimpleModule("scalars");
        read(module, BigDecimal.class, "must be a number", Scalars::money);
        read(module, Long.class, "must be a whole number from 0 to " + MAX, Scalars::number);
        read(module, LocalDate.class, "must be a date such as 2026-01-31", Scalars::date);
        return module.addSerializer(new ToStringSerializerBase(Instant.class) {
            @Override
            public String valueToString(Object value) {
                return NINE_DIGITS.format((Instant) value);
            }
        });
    }

    private static <T> void read(
            SimpleModule module, Class<T> type, String otherwise, Function<JsonNode, @Nullable T> read) {
        module.addDeserializer(type, new StdDeserializer<>(type) {
            @Override
            public T deserialize(JsonParser json, DeserializationContext context) throws IOException {
                T value = read.apply(context.readTree(json));
                if (value == null) {
                    throw MismatchedInputException.from(json, type, otherwise);
                }
                return value;
            }
        });
    }

    /** Accepts a number, or text that contains one, since clients with binary numbers cannot represent 0.1. */
    private static @Nullable BigDecimal money(JsonNode value) {
        if (value.isNumber()) {
            return OrderRules.inCents(value.decimalValue());
        }
        return DECIMAL.matcher(value.asText()).matches() ? OrderRules.inCents(new BigDecimal(value.asText())) : null;
    }

    private static @Nullable Long number(JsonNode value) {
        String text = value.asText();
        return NUMBER.matcher(text).matches() && new BigInteger(text).compareTo(MAX) <= 0 ? Long.valueOf(text) : null;
    }

    private static @Nullable LocalDate date(JsonNode value) {
        try {
            return DATE.matcher(value.asText()).matches() ? LocalDate.parse(value.asText()) : null;
        } catch (DateTimeException e) {
            return null; // such as February 30
        }
    }
}
