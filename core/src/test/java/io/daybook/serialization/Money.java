package io.daybook.serialization;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An amount that only the module of its {@link #mapper} can write and read. */
public final class Money {

    private final long cents;

    public Money(long cents) {
        this.cents = cents;
    }

    public Money plus(Money other) {
        return new Money(cents + other.cents);
    }

    public Money minus(Money other) {
        return new Money(cents - other.cents);
    }

    /** A mapper that writes {@code new_amount} for {@code newAmount}, and {@code 150 EUR} for money. */
    public static ObjectMapper mapper() {
        return JacksonDefaults.mapper()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .addModule(asText(
                        Money.class,
                        money -> money.cents + " EUR",
                        text -> new Money(Long.parseLong(text.replace(" EUR", "")))))
                .build();
    }

    /** A module that writes a class as text. */
    public static <T> SimpleModule asText(Class<T> type, Function<T, String> write, Function<String, T> read) {
        return new SimpleModule(type.getName())
                .addSerializer(new StdSerializer<T>(type) {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public void serialize(T value, JsonGenerator json, SerializerProvider provider) throws IOException {
                        json.writeString(write.apply(value));
                    }
                })
                .addDeserializer(type, new StdDeserializer<T>(type) {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public T deserialize(JsonParser json, DeserializationContext context) throws IOException {
                        return read.apply(json.getText());
                    }
                });
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Money money && money.cents == cents;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(cents);
    }

    @Override
    public String toString() {
        return cents + " EUR";
    }
}
