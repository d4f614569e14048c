package io.daybook.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.daybook.account.Account;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.eventstore.CommandIdReusedException;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.serialization.JacksonDefaults;
import io.daybook.serialization.JacksonEventSerializer;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Commands have the same fingerprint exactly if they ask for the same. */
class FingerprintTest {

    private static final ObjectMapper MAPPER = JacksonDefaults.mapper().build();

    sealed interface Carrier {}

    record Courier(String name) implements Carrier {}

    record Post(String name) implements Carrier {}

    @JsonTypeName("pigeon")
    record Pigeon(String name) implements Carrier {}

    record Point(int x, int y) {}

    record Box<T>(T content, List<T> more) {}

    enum Color {
        RED,
        GREEN
    }

    record Order(
            String aggregateId,
            Carrier carrier,
            Object anything,
            JsonNode tree,
            Map<Currency, BigDecimal> amounts,
            Map<Point, Carrier> places,
            Map<Object, Integer> keyed,
            Set<Carrier> carriers,
            Optional<Carrier> other,
            OptionalInt count,
            Box<Carrier> box,
            List<Map<String, Set<Integer>>> nested,
            Color color)
            implements Command {}

    private static CommandSerializer serializer(Class<? extends Command> command) {
        return new CommandSerializer(Map.of(command, MAPPER), List.of());
    }

    private static String of(Command command) {
        return serializer(command.getClass()).fingerprint(command);
    }

    private static JsonNode tree(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Makes commands of few values, so that many are equal, in containers of any order. */
    private static final class Maker {

        private final Random random;

        Maker(Random random) {
            this.random = random;
        }

        private boolean rarely() {
            return random.nextInt(6) == 0;
        }

        private String text() {
            return rarely() ? null : List.of("a", "b", "\"1:a", "").get(random.nextInt(4));
        }

        private int number() {
            return random.nextInt(3);
        }

        Carrier carrier() {
            return switch (random.nextInt(7)) {
                case 0, 1 -> new Courier(text());
                case 2, 3 -> new Post(text());
                case 4, 5 -> new Pigeon(text());
                default -> null;
            };
        }

        private Object anything() {
            return switch (random.nextInt(12)) {
                case 0 -> number();
                case 1 -> (long) number();
                case 2 -> "" + number();
                case 3 -> carrier();
                case 4 -> new Point(number(), 1);
                case 5 -> mixed(List.of("a", "b"));
                case 6 -> set(List.of("a", "b"));
                case 7 -> Color.RED;
                case 8 -> Optional.ofNullable(carrier());
                case 9 -> map(List.of("a", "b"));
                case 10 -> rarely();
                default -> null;
            };
        }

        private <T> Set<T> set(List<T> elements) {
            List<T> shuffled = mixed(elements);
            return random.nextBoolean() ? new LinkedHashSet<>(shuffled) : new HashSet<>(shuffled);
        }

        private <T> List<T> mixed(List<T> elements) {
            List<T> some = new ArrayList<>(elements.subList(0, random.nextInt(elements.size() + 1)));
            Collections.shuffle(some, random);
            return some;
        }

        private Map<Object, Object> map(List<?> keys) {
            Map<Object, Object> map = random.nextBoolean() ? new LinkedHashMap<>() : new HashMap<>();
            mixed(keys).forEach(key -> map.put(key, rarely() ? null : (Object) number()));
            return map;
        }

        private JsonNode json() {
            return tree(List.of(
                            "{\"a\":1,\"b\":{\"c\":null,\"d\":[1,2]}}",
                            "{\"b\":{\"d\":[1,2]},\"a\":1}",
                            "{\"b\":{\"d\":[2,1]},\"a\":1}",
                            "[{\"x\":\"1\"},{\"x\":1}]",
                            "null")
                    .get(random.nextInt(5)));
        }

        Order order() {
            Map<Currency, BigDecimal> amounts = new HashMap<>();
            mixed(List.of("EUR", "USD"))
                    .forEach(code -> amounts.put(Currency.getInstance(code), new BigDecimal(number())));
            Map<Point, Carrier> places = new HashMap<>();
            mixed(Arrays.asList(new Point(1, 2), new Point(2, 1), null)).forEach(point -> places.put(point, carrier()));
            Map<Object, Integer> keyed = new LinkedHashMap<>();
            mixed(List.of("1", 1, new Courier("a"), new Post("a"))).forEach(key -> keyed.put(key, number()));
            List<Carrier> carriers = new ArrayList<>(Arrays.asList(carrier(), carrier()));
            return new Order(
                    "1",
                    carrier(),
                    anything(),
                    json(),
                    amounts,
                    rarely() ? null : places,
                    keyed,
                    set(carriers),
                    Optional.ofNullable(carrier()),
                    rarely() ? OptionalInt.empty() : OptionalInt.of(number()),
                    new Box<>(
                            carrier(),
                            mixed(Stream.of(new Post("a"), new Courier("a"))
                                    .map(Carrier.class::cast)
                                    .toList())),
                    List.of(Map.of("a", set(List.of(1, 2)), "b", set(List.of(1)))),
                    Color.values()[random.nextInt(2)]);
        }

        /** The same but for one component, or the same in containers of another order. */
        Order alike(Order order) {
            try {
                RecordComponent[] components = Order.class.getRecordComponents();
                Object[] values = new Object[components.length];
                Class<?>[] types = new Class<?>[components.length];
                int changed = random.nextInt(components.length * 2);
                Order other = order();
                for (int i = 0; i < values.length; i++) {
                    values[i] = reordered(components[i].getAccessor().invoke(i == changed ? other : order));
                    types[i] = components[i].getType();
                }
                return Order.class.getDeclaredConstructor(types).newInstance(values);
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }

        private Object reordered(Object value) {
            if (value instanceof Set<?> set) {
                List<Object> shuffled = new ArrayList<>(set);
                Collections.shuffle(shuffled, random);
                return new LinkedHashSet<>(shuffled);
            } else if (value instanceof Map<?, ?> map) {
                List<Object> keys = new ArrayList<>(map.keySet());
                Collections.shuffle(keys, random);
                Map<Object, Object> other = new LinkedHashMap<>();
                keys.forEach(key -> other.put(key, map.get(key)));
                return other;
            }
            return value;
        }
    }

    /** What a value's tree with type ids is, in collections that compare as the fingerprint must. */
    private static Object normal(Object value, Type declared) throws ReflectiveOperationException {
        if (value == null || value instanceof Optional<?> any && any.isEmpty()) {
            return null;
        }
        Class<?> raw = (Class<?>)
                (declared instanceof ParameterizedType generic
                        ? generic.getRawType()
                        : declared instanceof Class<?> type ? type : Carrier.class); // the T of Box<Carrier>
        Type[] of = declared instanceof ParameterizedType generic
                ? generic.getActualTypeArguments()
                : new Type[] {Object.class, Object.class};
        Object content;
        if (value instanceof Optional<?> any) {
            return normal(any.get(), of[0]);
        } else if (value instanceof OptionalInt number) {
            return number.isPresent() ? number.getAsInt() + "n" : null;
        } else if (value instanceof JsonNode node) {
            return json(node);
        } else if (value instanceof Record) {
            Map<String, Object> members = new HashMap<>();
            for (RecordComponent component : value.getClass().getRecordComponents()) {
                component.getAccessor().setAccessible(true);
                Object member = normal(component.getAccessor().invoke(value), component.getGenericType());
                if (member != null) {
                    members.put(component.getName(), member);
                }
            }
            content = members;
        } else if (value instanceof Map<?, ?> map) {
            Map<Object, Object> entries = new HashMap<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                Object member = normal(entry.getValue(), of[1]);
                if (member != null) {
                    entries.put(normal(entry.getKey(), of[0]), member);
                }
            }
            content = entries;
        } else if (value instanceof Collection<?> collection) {
            Collection<Object> elements = value instanceof Set ? new HashSet<>() : new ArrayList<>();
            for (Object element : collection) {
                elements.add(normal(element, of[0]));
            }
            content = elements;
        } else {
            content = value instanceof Number ? value + "n" : value.toString();
        }
        boolean shown = raw != Object.class && raw != Carrier.class
                || value instanceof String
                || value instanceof Integer
                || value instanceof Boolean;
        return shown ? content : List.of("type", name(value), content);
    }

    private static Object name(Object value) {
        return value instanceof Map
                ? "map"
                : value instanceof Set ? "set" : value instanceof List ? "list" : value.getClass();
    }

    private static Object json(JsonNode node) {
        if (node.isObject()) {
            Map<String, Object> members = new HashMap<>();
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                if (!member.getValue().isNull()) {
                    members.put(member.getKey(), json(member.getValue()));
                }
            }
            return members;
        } else if (node.isArray()) {
            List<Object> elements = new ArrayList<>();
            node.forEach(element -> elements.add(json(element)));
            return elements;
        }
        return node.isNull() ? null : node.toString();
    }

    @Test
    @Tag("faults")
    void fingerprints_are_equal_exactly_if_trees_with_type_ids_are() throws ReflectiveOperationException {
        CommandSerializer serializer = serializer(Order.class);
        int same = 0;
        for (int seed = 0; seed < 10_000; seed++) {
            Maker maker = new Maker(new Random(seed));
            Order first = maker.order();
            Order second = seed % 4 == 0 ? maker.order() : maker.alike(first);
            boolean equal = normal(first, Order.class).equals(normal(second, Order.class));
            assertThat(serializer.fingerprint(first).equals(serializer.fingerprint(second)))
                    .as("seed %s: %s and %s", seed, first, second)
                    .isEqualTo(equal);
            same += equal ? 1 : 0;
        }
        assertThat(same).isBetween(2_000, 8_000);
    }

    record Change(String aggregateId, Carrier to) implements Command {}

    record ChangeAll(String aggregateId, List<? extends Carrier> to, Map<String, Object> more, Carrier[] array)
            implements Command {}

    @Test
    void distinguishes_sealed_members_written_alike() {
        assertThat(of(new Change("1", new Courier("x")))).isNotEqualTo(of(new Change("1", new Post("x"))));
        assertThat(of(new Change("1", new Courier("x")))).isEqualTo(of(new Change("1", new Courier("x"))));
        List<String> all = Stream.of(new Courier("x"), new Post("x"), new Pigeon("x"))
                .flatMap(carrier -> Stream.of(
                        new ChangeAll("1", List.of(carrier), Map.of(), new Carrier[0]),
                        new ChangeAll("1", List.of(), Map.of("a", carrier), new Carrier[0]),
                        new ChangeAll("1", List.of(), Map.of(), new Carrier[] {carrier}),
                        new ChangeAll("1", List.of(), Map.of("a", List.of(carrier)), new Carrier[0])))
                .map(FingerprintTest::of)
                .toList();
        assertThat(all).doesNotHaveDuplicates();
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
    @JsonSubTypes({@JsonSubTypes.Type(Cash.class), @JsonSubTypes.Type(Card.class)})
    interface Payment {}

    record Cash(String note) implements Payment {}

    record Card(String number) implements Payment {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Dog.class, name = "dog"),
        @JsonSubTypes.Type(value = Cat.class, name = "cat")
    })
    interface Pet {}

    record Dog(String name) implements Pet {}

    record Cat(String name) implements Pet {}

    static class Vehicle {
        public String plate = "x";
    }

    static class Car extends Vehicle {}

    record Pay(String aggregateId, Payment payment, Pet pet, Vehicle vehicle) implements Command {}

    @Test
    void distinguishes_ambiguous_types() {
        assertThat(Stream.of(
                                new Pay("1", new Cash(null), null, null),
                                new Pay("1", new Card(null), null, null),
                                new Pay("1", null, new Dog("x"), null),
                                new Pay("1", null, new Cat("x"), null),
                                new Pay("1", null, null, new Vehicle()),
                                new Pay("1", null, null, new Car()))
                        .map(FingerprintTest::of)
                        .toList())
                .doesNotHaveDuplicates();
    }

    @CommandType("Ship")
    record Ship(String aggregateId, String number) implements Command {}

    @CommandType("Ship")
    record ShipWithMore(String number, Optional<String> note, String aggregateId, Carrier carrier, OptionalInt count)
            implements Command {}

    @Test
    void ignores_members_that_are_absent_null_or_empty_and_their_order() {
        String before = of(new Ship("1", "x"));

        assertThat(of(new ShipWithMore("x", Optional.empty(), "1", null, OptionalInt.empty())))
                .isEqualTo(before);
        assertThat(of(new ShipWithMore("x", null, "1", null, null))).isEqualTo(before);
        assertThat(of(new ShipWithMore("x", Optional.of(""), "1", null, null))).isNotEqualTo(before);
        assertThat(of(new ShipWithMore("x", null, "1", null, OptionalInt.of(0))))
                .isNotEqualTo(before);
        assertThat(before).startsWith("v1:");
    }

    record Kept(
            String aggregateId, JsonNode tree, @JsonRawValue String raw) implements Command {}

    @Test
    void ignores_order_of_members_in_trees_and_raw_json() {
        assertThat(of(new Kept("1", tree("{\"a\":1,\"b\":[1,{}]}"), "{\"x\":1,\"y\":null,\"z\":2}")))
                .isEqualTo(of(new Kept("1", tree("{\"b\":[1,{}],\"a\":1}"), "{\"z\":2, \"x\":1}")))
                .isNotEqualTo(of(new Kept("1", tree("{\"b\":[{},1],\"a\":1}"), "{\"z\":2, \"x\":1}")));
    }

    record Keys(
            String aggregateId,
            Map<Point, Integer> points,
            Map<String, Integer> texts,
            Map<Carrier, Integer> carriers,
            Map<Currency, Integer> currencies)
            implements Command {

        static Keys of(Map<Point, Integer> points, Map<String, Integer> texts, Map<Carrier, Integer> carriers) {
            return new Keys("1", points, texts, carriers, Map.of(Currency.getInstance("EUR"), 1));
        }
    }

    @Test
    void takes_maps_with_keys_of_any_class() {
        Map<Point, Integer> noPoint = new HashMap<>();
        noPoint.put(null, 1);
        Map<String, Integer> noText = new HashMap<>();
        noText.put(null, 1);
        assertThat(Stream.of(
                                Keys.of(Map.of(new Point(1, 2), 1), Map.of(), Map.of()),
                                Keys.of(Map.of(new Point(2, 1), 1), Map.of(), Map.of()),
                                Keys.of(noPoint, Map.of(), Map.of()),
                                Keys.of(Map.of(), noText, Map.of()),
                                Keys.of(Map.of(), Map.of("null", 1), Map.of()),
                                Keys.of(Map.of(), Map.of("~", 1), Map.of()),
                                Keys.of(Map.of(), Map.of("", 1), Map.of()),
                                Keys.of(Map.of(), Map.of(), Map.of(new Courier("a"), 1)),
                                Keys.of(Map.of(), Map.of(), Map.of(new Post("a"), 1)))
                        .map(FingerprintTest::of)
                        .toList())
                .doesNotHaveDuplicates();
    }

    static final class Plain extends JsonSerializer<Carrier> {
        @Override
        public void serialize(Carrier value, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeString(value.toString());
        }
    }

    record Odd(
            String aggregateId,
            Object anything,
            Path path,
            ZoneId zone,
            Number number,
            @JsonSerialize(using = Plain.class) Carrier carrier)
            implements Command {}

    @Test
    void takes_members_of_any_declared_type() {
        List<Object> values = List.of(
                1L,
                1,
                "1",
                new long[] {1},
                new int[] {1},
                1.5f,
                new BigDecimal("1"),
                Path.of("a"),
                Color.RED,
                Map.of(1, 2));
        assertThat(values.stream()
                        .map(value -> of(new Odd("1", value, Path.of("x"), ZoneOffset.UTC, 5L, new Post("a"))))
                        .toList())
                .doesNotHaveDuplicates();
        assertThat(of(new Odd("1", Map.of(), null, null, null, new Post("a"))))
                .isNotEqualTo(of(new Odd("1", Map.of(), null, null, null, new Courier("a"))));
    }

    record Self(String aggregateId, List<Object> loop) implements Command {}

    record Hidden(String aggregateId, Object member) implements Command {}

    @Test
    void names_command_and_remedy_if_it_cannot_be_written() {
        List<Object> loop = new ArrayList<>();
        loop.add(loop);
        Object failing = new Object() {
            @SuppressWarnings("unused")
            public String getText() {
                throw new IllegalStateException("canary");
            }
        };
        for (Command command : List.of(new Self("1", loop), new Hidden("1", failing))) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> of(command))
                    .withMessageContaining(command.getClass().getName())
                    .withMessageContaining("without an idempotency key")
                    .withMessageNotContaining("canary");
        }
    }

    @Test
    void refuses_unpaired_surrogate_as_a_violation() {
        assertThatExceptionOfType(CommandValidationException.class)
                .isThrownBy(() -> of(new Ship("1", "😀".substring(1))))
                .withMessageContaining("number")
                .withMessageContaining("unpaired surrogate");
    }

    @CommandType("Open")
    record Open(String aggregateId, String owner) implements Command {}

    @CommandType(value = "Open", version = 2, since = 2)
    record OpenWithLimit(String aggregateId, String owner, int limit) implements Command {}

    @CommandType(value = "Reopen", version = 2, since = 2)
    record Reopen(String aggregateId, String owner) implements Command {}

    @Test
    void answers_repeat_in_another_version_as_a_duplicate() {
        InMemoryEventStore store = new InMemoryEventStore(JacksonEventSerializer.of(Account.TYPE.eventTypes()));
        AggregateRepository<Account> accounts = AggregateRepository.of(Account.TYPE, store);
        CommandBus bus = CommandBus.builder()
                .creating(
                        Open.class,
                        accounts,
                        (account, command, context) -> account.open(command.owner(), context.now()))
                .build();
        CommandBus later = CommandBus.builder()
                .creating(
                        OpenWithLimit.class,
                        accounts,
                        (account, command, context) -> account.open(command.owner(), context.now()))
                .creating(
                        Reopen.class,
                        accounts,
                        (account, command, context) -> account.open(command.owner(), context.now()))
                .build();
        CommandMetadata metadata =
                CommandMetadata.builder().idempotencyKey("event:open").build();

        bus.send(new Open("1", "ann"), metadata);

        assertThat(later.send(new OpenWithLimit("1", "ann", 5), metadata).duplicate())
                .isTrue();
        assertThatExceptionOfType(CommandIdReusedException.class)
                .isThrownBy(() -> later.send(new Reopen("1", "ann"), metadata));
        assertThatExceptionOfType(CommandIdReusedException.class)
                .isThrownBy(() -> bus.send(new Open("1", "bob"), metadata));
        assertThat(accounts.load("1").version()).isEqualTo(1);
    }
}
