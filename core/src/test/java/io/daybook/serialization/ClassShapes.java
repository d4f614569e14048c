package io.daybook.serialization;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Shapes of classes, most of them as events would have them. */
@SuppressWarnings({"unused", "FieldMayBeFinal", "rawtypes"})
final class ClassShapes {

    private ClassShapes() {}

    // ---- refused ----

    record ReadOnlyComponent(
            @JsonProperty(access = JsonProperty.Access.READ_ONLY)
            String id,

            int count) {}

    record WriteOnlyComponent(
            String id,

            @JsonProperty(access = JsonProperty.Access.WRITE_ONLY)
            String password) {}

    record IgnoredComponent(String id, @JsonIgnore String note) {}

    @JsonIgnoreProperties("note")
    record ComponentIgnoredByClass(String id, String note) {}

    @JsonIgnoreProperties(value = "note", allowGetters = true)
    record ComponentReadIgnored(String id, String note) {}

    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record NonEmptyList(String id, List<String> lines) {}

    record NonEmptyText(
            @JsonInclude(JsonInclude.Include.NON_EMPTY) String note) {}

    record NonEmptyMap(
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Integer> counts) {}

    record NonDefaultInt(
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) Integer count) {}

    record MapWithoutNulls(
            @JsonInclude(value = JsonInclude.Include.ALWAYS, content = JsonInclude.Include.NON_NULL)
            Map<String, String> notes) {}

    record PropertyOnHelper(String name) {
        @JsonProperty("shout")
        String shout() {
            return name.toUpperCase(Locale.ROOT);
        }
    }

    record Generic<T>(T value) {}

    enum Plain {
        A,
        B
    }

    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    record AsArray(String id, int count) {}

    record AsText(@JsonValue String text) {}

    static final class AsList extends ArrayList<String> {
        private static final long serialVersionUID = 1L;
    }

    static final class Hidden {
        private final String coupon;

        Hidden(String coupon) {
            this.coupon = coupon;
        }
    }

    public static class HiddenWithDefault {
        private String coupon = "";
        private boolean redeemed;
    }

    public static class Computed {
        private int price;

        public int getPrice() {
            return price;
        }

        public void setPrice(int price) {
            this.price = price;
        }

        public int getTotal() {
            return price * 2;
        }
    }

    public static class SetterOnly {
        private String secret = "";

        public void setSecret(String secret) {
            this.secret = secret;
        }
    }

    public static class GetterOnly {
        private String value = "";

        public String getName() {
            return value;
        }
    }

    /** Jackson sets the field, even if it is private. */
    public static class FieldBehindGetter {
        private String name = "";

        public String getName() {
            return name;
        }
    }

    public static class OneHidden extends Bean {
        private int extra;
    }

    public static final class NoConstructor {
        private final String name;

        public NoConstructor(String name, int ignored) {
            this.name = name;
        }

        public String getName() {
            return name;
        }
    }

    public class Inner {
        public String name = "";
    }

    record SqlTimestamp(java.sql.Timestamp at) {}

    record SqlDateList(List<java.sql.Date> days) {}

    record WithCalendar(Calendar at) {}

    record WithPattern(Pattern pattern) {}

    record WithAddress(InetAddress from) {}

    record WithClass(Class<?> type) {}

    record WithStream(InputStream in) {}

    record WithThread(Thread thread) {}

    record WithOptional(Optional<String> note) {}

    record OptionalNumber(OptionalInt count) {}

    record WithException(IllegalStateException failure) {}

    interface Shape {}

    record OpenMember(Shape shape) {}

    sealed interface Carrier {}

    record Courier(String name) implements Carrier {}

    record Post(String name) implements Carrier {}

    record SealedMember(Carrier carrier) {}

    record DeepSealed(List<Map<String, Carrier>> carriers) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    sealed interface ByClass {}

    record ByClassOne(int x) implements ByClass {}

    record ClassNames(ByClass value) {}

    record ClassNamesOfMember(
            @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS) Object value) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes(@JsonSubTypes.Type(value = Known.class, name = "known"))
    sealed interface Half {}

    record Known(int x) implements Half {}

    record Forgotten(int x) implements Half {}

    record HalfDeclared(Half half) {}

    record BadValue(String id, Mirrorless price) {}

    record Mirrorless(BigDecimal amount, String currency) {
        @JsonValue
        String text() {
            return amount + " " + currency;
        }
    }

    record Code(String text) {}

    static final class CodeWriter extends StdSerializer<Code> {
        private static final long serialVersionUID = 1L;

        CodeWriter() {
            super(Code.class);
        }

        @Override
        public void serialize(Code code, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeString(code.text());
        }
    }

    static final class CodeReader extends StdDeserializer<Code> {
        private static final long serialVersionUID = 1L;

        CodeReader() {
            super(Code.class);
        }

        @Override
        public Code deserialize(JsonParser json, DeserializationContext context) throws IOException {
            return new Code(json.getText());
        }
    }

    static final class Upper extends StdSerializer<String> {
        private static final long serialVersionUID = 1L;

        Upper() {
            super(String.class);
        }

        @Override
        public void serialize(String value, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeString(value.toUpperCase(Locale.ROOT));
        }
    }

    static final class Lower extends StdDeserializer<String> {
        private static final long serialVersionUID = 1L;

        Lower() {
            super(String.class);
        }

        @Override
        public String deserialize(JsonParser json, DeserializationContext context) throws IOException {
            return json.getText().toLowerCase(Locale.ROOT);
        }
    }

    record SerializerOnly(
            @JsonSerialize(using = CodeWriter.class) Code code) {}

    record DeserializerOnly(
            @JsonDeserialize(using = CodeReader.class) Code code) {}

    enum Shout {
        LOUD;

        @JsonValue
        String text() {
            return "loud!";
        }

        @JsonCreator
        static Shout of(String text) {
            return valueOf(text);
        }
    }

    record OneSidedEnum(Shout shout) {}

    record Place(int x, int y) {}

    record RecordKeys(Map<Place, String> names) {}

    public static class AnyGetterOnly {
        private Map<String, Object> extra = new HashMap<>();

        @JsonAnyGetter
        public Map<String, Object> extra() {
            return extra;
        }
    }

    static final class Basket extends ArrayList<String> {
        private static final long serialVersionUID = 1L;
        private String owner = "";
    }

    record CollectionWithState(Basket basket) {}

    record Nested(List<Map<String, ReadOnlyComponent>> parts) {}

    // ---- allowed ----

    record NoComponents() {}

    record Helpers(String name, boolean open) {
        String getName() {
            return "Mr " + name;
        }

        public boolean isLate() {
            return true;
        }

        public String getGreeting() {
            return "hello";
        }
    }

    record Renamed(
            @JsonProperty("order_id") String orderId,
            @JsonProperty("n") int count) {}

    record NonNull(
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String note,

            int count) {}

    record Values(
            Instant at,
            BigDecimal amount,
            UUID id,
            Currency currency,
            java.util.Date date,
            Plain plain,
            Map<Plain, Set<UUID>> byPlain,
            byte[] bytes,
            int[][] grid,
            JsonNode tree,
            Object any,
            List<?> open,
            double[] numbers,
            Map<Integer, List<Place>> places) {}

    record Recursive(String name, List<Recursive> children) {}

    record Id(String text) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        Id {}

        @JsonValue
        @Override
        public String text() {
            return text;
        }
    }

    record WithId(Id id, Map<String, Id> others) {}

    record Pair<A, B>(A left, B right) {}

    record WithPair(Pair<String, Place> pair, List<Pair<Integer, Instant>> more) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Card.class, name = "card"),
        @JsonSubTypes.Type(value = Cash.class, name = "cash")
    })
    sealed interface Payment {}

    record Card(String number) implements Payment {}

    record Cash() implements Payment {}

    record Paid(Payment payment, List<Payment> more) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
    @JsonSubTypes({@JsonSubTypes.Type(Box.class), @JsonSubTypes.Type(Envelope.class)})
    sealed interface Parcel {}

    record Box(int weight) implements Parcel {}

    record Envelope(String format) implements Parcel {}

    record Deduced(Parcel parcel) {}

    record ByMember(
            @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
            @JsonSubTypes({@JsonSubTypes.Type(Courier.class), @JsonSubTypes.Type(Post.class)})
            Carrier carrier,

            @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
            @JsonSubTypes({@JsonSubTypes.Type(Courier.class), @JsonSubTypes.Type(Post.class)})
            List<Carrier> more) {}

    public static class Bean {
        private String name = "";
        private boolean active;
        private transient int cached;

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }

        public boolean isActive() {
            return active;
        }

        public void setActive(boolean active) {
            this.active = active;
        }
    }

    /** As Kotlin and Lombok make them. */
    public static class KotlinLike {
        private final boolean isOpen;
        private final String theName;

        @JsonCreator
        public KotlinLike(@JsonProperty("open") boolean isOpen, @JsonProperty("theName") String theName) {
            this.isOpen = isOpen;
            this.theName = theName;
        }

        public boolean isOpen() {
            return isOpen;
        }

        public String getTheName() {
            return theName;
        }
    }

    public static class OddlyNamed {
        private final BigDecimal amt;

        @JsonCreator
        public OddlyNamed(@JsonProperty("amount") BigDecimal amount) {
            this.amt = amount;
        }

        public BigDecimal getAmount() {
            return amt;
        }
    }

    @JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.ANY)
    static final class VisibleFields {
        private String coupon = "";
        private int uses;
    }

    static final class AnnotatedField {
        @JsonProperty
        private String coupon = "";
    }

    @JsonDeserialize(builder = Built.Builder.class)
    static final class Built {
        private final String name;

        private Built(String name) {
            this.name = name;
        }

        public String getName() {
            return name;
        }

        @JsonPOJOBuilder(withPrefix = "")
        public static final class Builder {
            private String name = "";

            public Builder name(String name) {
                this.name = name;
                return this;
            }

            public Built build() {
                return new Built(name);
            }
        }
    }

    public static class IgnoredTotal {
        public int price;

        @JsonIgnore
        public int getTotal() {
            return price * 2;
        }
    }

    public static class Extras {
        public String name = "";
        private Map<String, Object> extra = new HashMap<>();

        @JsonAnyGetter
        public Map<String, Object> extra() {
            return extra;
        }

        @JsonAnySetter
        public void put(String name, Object value) {
            extra.put(name, value);
        }
    }

    public static class Unwrapped {
        @JsonUnwrapped
        public Bean inner = new Bean();

        public int count;
    }

    static final class Tree extends ArrayList<Tree> {
        private static final long serialVersionUID = 1L;
    }

    record WithTree(Tree tree) {}

    record BothCodecs(
            @JsonSerialize(using = CodeWriter.class) @JsonDeserialize(using = CodeReader.class)
            Code code) {}

    /** Jackson's other side may mirror it, which is compared when a value is encoded. */
    record OneCodecOfJdkType(
            @JsonSerialize(using = Upper.class) String upper,
            @JsonDeserialize(using = Lower.class) String lower) {}

    record NestedArray(AsArray array) {}

    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    public static class DefaultsOfBean {
        public String name = "x";
        public int count = 3;
    }
}
