package io.daybook.shapes;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.JsonValue;
import io.daybook.event.EventType;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Members whose declared type is not their class, and enums. */
final class PolymorphicShapes {

    private PolymorphicShapes() {}

    sealed interface Plain permits Courier, Post {}

    record Courier(String name) implements Plain {}

    record Post(String name) implements Plain {}

    @EventType("PlainSealed")
    record PlainSealed(Plain by) implements Shape {}

    @EventType("PlainSealedList")
    record PlainSealedList(List<Plain> by, Map<String, Plain> map) implements Shape {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({@JsonSubTypes.Type(Card.class), @JsonSubTypes.Type(value = Cash.class, name = "cash")})
    sealed interface Payment {}

    @JsonTypeName("card")
    record Card(String number) implements Payment {}

    record Cash() implements Payment {}

    @EventType("ByName")
    record ByName(Payment payment, List<Payment> more, Map<String, Payment> map, Card card) implements Shape {}

    @EventType("ConcreteOfByName")
    record ConcreteOfByName(Card card, Cash cash, Card[] cards) implements Shape {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes(@JsonSubTypes.Type(Known.class))
    sealed interface Incomplete {}

    record Known(int a) implements Incomplete {}

    record Unknown(int a) implements Incomplete {}

    @EventType("MissingSubtype")
    record MissingSubtype(Incomplete value) implements Shape {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({
        @JsonSubTypes.Type(value = TwinA.class, name = "t"),
        @JsonSubTypes.Type(value = TwinB.class, name = "t")
    })
    sealed interface Twins {}

    record TwinA(int a) implements Twins {}

    record TwinB(int a) implements Twins {}

    @EventType("SameTypeName")
    record SameTypeName(Twins value) implements Shape {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({@JsonSubTypes.Type(Rect.class), @JsonSubTypes.Type(Circle.class), @JsonSubTypes.Type(Dot.class)})
    sealed interface Figure {}

    sealed interface Round extends Figure {}

    record Rect(int w) implements Figure {}

    record Circle(int r) implements Round {}

    record Dot() implements Round {}

    @EventType("NestedSealed")
    record NestedSealed(Figure figure, Round round) implements Shape {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
    @JsonSubTypes({@JsonSubTypes.Type(Mail.class), @JsonSubTypes.Type(Phone.class)})
    sealed interface Contact {}

    record Mail(String address) implements Contact {}

    record Phone(String number, int extension) implements Contact {}

    @EventType("ByDeduction")
    record ByDeduction(Contact contact) implements Shape {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
    @JsonSubTypes({@JsonSubTypes.Type(Ham.class), @JsonSubTypes.Type(Egg.class)})
    sealed interface Food {}

    record Ham(int grams) implements Food {}

    record Egg(int grams) implements Food {}

    @EventType("AmbiguousDeduction")
    record AmbiguousDeduction(Food food) implements Shape {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
    @JsonSubTypes({@JsonSubTypes.Type(Few.class), @JsonSubTypes.Type(Many.class)})
    sealed interface Amount {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Few(String a) implements Amount {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Many(String a, String b) implements Amount {}

    @EventType("DeductionOfPart")
    record DeductionOfPart(Amount amount) implements Shape {}

    @JsonTypeInfo(
            use = JsonTypeInfo.Id.NAME,
            include = JsonTypeInfo.As.EXISTING_PROPERTY,
            property = "kind",
            visible = true)
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Cat.class, name = "cat"),
        @JsonSubTypes.Type(value = Cow.class, name = "cow")
    })
    sealed interface Kinded {}

    record Cat(String kind, int lives) implements Kinded {}

    record Cow(String kind) implements Kinded {}

    @EventType("ExistingProperty")
    record ExistingProperty(Kinded animal) implements Shape {}

    sealed interface Engine permits Diesel, Steam {}

    record Diesel(int power) implements Engine {}

    record Steam(int power) implements Engine {}

    @EventType("ExternalProperty")
    record ExternalProperty(
            @JsonTypeInfo(
                    use = JsonTypeInfo.Id.NAME,
                    include = JsonTypeInfo.As.EXTERNAL_PROPERTY,
                    property = "engineType")
            @JsonSubTypes({@JsonSubTypes.Type(Diesel.class), @JsonSubTypes.Type(Steam.class)})
            Engine engine,

            String other)
            implements Shape {}

    @EventType("WrapperObject")
    record WrapperObject(
            @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
            @JsonSubTypes({@JsonSubTypes.Type(Diesel.class), @JsonSubTypes.Type(Steam.class)})
            Engine engine,

            @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_ARRAY)
            @JsonSubTypes({@JsonSubTypes.Type(Diesel.class), @JsonSubTypes.Type(Steam.class)})
            List<Engine> engines)
            implements Shape {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({@JsonSubTypes.Type(value = Typed.class, name = "typed")})
    sealed interface Clash {}

    record Typed(String type) implements Clash {}

    @EventType("TypeClash")
    record TypeClash(Clash value) implements Shape {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, defaultImpl = Other.class)
    @JsonSubTypes(@JsonSubTypes.Type(Usual.class))
    sealed interface WithDefault {}

    record Usual(int a) implements WithDefault {}

    record Other(int a) implements WithDefault {}

    @EventType("DefaultImpl")
    record DefaultImpl(WithDefault value) implements Shape {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    sealed interface ByClassName {}

    record Classy(int a) implements ByClassName {}

    @EventType("TypeByClass")
    record TypeByClass(ByClassName value) implements Shape {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.MINIMAL_CLASS)
    @JsonSubTypes(@JsonSubTypes.Type(Tiny.class))
    sealed interface ByMinimal {}

    record Tiny(int a) implements ByMinimal {}

    @EventType("TypeByMinimalClass")
    record TypeByMinimalClass(ByMinimal value) implements Shape {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME)
    @JsonSubTypes({@JsonSubTypes.Type(Left.class), @JsonSubTypes.Type(Right.class)})
    sealed interface BySimpleName {}

    record Left(int a) implements BySimpleName {}

    record Right(int a) implements BySimpleName {}

    @EventType("TypeBySimpleName")
    record TypeBySimpleName(BySimpleName value) implements Shape {}

    @EventType("TypedTop")
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonTypeName("top")
    record TypedTop(String a) implements Shape {}

    sealed interface Result<T> permits Good, Bad {}

    record Good<T>(T value) implements Result<T> {}

    record Bad<T>(String why) implements Result<T> {}

    @EventType("GenericSealed")
    record GenericSealed(
            @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
            @JsonSubTypes({@JsonSubTypes.Type(Good.class), @JsonSubTypes.Type(Bad.class)})
            Result<Long> result)
            implements Shape {}

    abstract static class Vehicle {
        public int wheels;
    }

    static final class Bike extends Vehicle {
        static Bike of(int wheels) {
            Bike bike = new Bike();
            bike.wheels = wheels;
            return bike;
        }
    }

    @EventType("AbstractClass")
    record AbstractClass(Vehicle vehicle) implements Shape {}

    @EventType("LambdaMember")
    record LambdaMember(Supplier<String> supplier) implements Shape {}

    interface Open {
        String name();
    }

    @EventType("OpenInterface")
    record OpenInterface(Open open) implements Shape {
        static Open anonymous(String name) {
            return new Open() {
                @Override
                public String name() {
                    return name;
                }
            };
        }
    }

    enum Color {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "green!";
            }
        }
    }

    enum Renamed {
        @JsonProperty("b")
        A,
        @JsonProperty("a")
        B
    }

    enum SameNames {
        @JsonProperty("x")
        A,
        @JsonProperty("x")
        B
    }

    enum WithDefaultValue {
        A,
        @JsonEnumDefaultValue
        B
    }

    enum Valued {
        ONE(1),
        TWO(2);

        private final int number;

        Valued(int number) {
            this.number = number;
        }

        @JsonValue
        int number() {
            return number;
        }
    }

    enum SameValues {
        ONE,
        UNO;

        @JsonValue
        int number() {
            return 1;
        }
    }

    @JsonFormat(shape = JsonFormat.Shape.NUMBER)
    enum Numbered {
        A,
        B
    }

    @JsonFormat(shape = JsonFormat.Shape.OBJECT)
    enum Objects {
        A,
        B;

        public String getLabel() {
            return name();
        }
    }

    @EventType("Colors")
    record Colors(Color color, Renamed renamed, WithDefaultValue value, Valued valued, List<Color> list)
            implements Shape {}

    @EventType("EnumKeys")
    record EnumKeys(Map<Color, Integer> a, EnumMap<Renamed, String> b, EnumSet<Color> c, Set<Color> d)
            implements Shape {}

    @EventType("ValuedKeys")
    record ValuedKeys(Map<Valued, String> map) implements Shape {}

    @EventType("TwinConstants")
    record TwinConstants(SameNames name) implements Shape {}

    @EventType("TwinValues")
    record TwinValues(SameValues value) implements Shape {}

    @EventType("NumberedEnum")
    record NumberedEnum(Numbered number) implements Shape {}

    @EventType("ObjectEnum")
    record ObjectEnum(Objects object) implements Shape {}

    @EventType("EnumTop")
    enum EnumTop implements Shape {
        A
    }

    sealed interface Unit permits Metric, Custom {}

    enum Metric implements Unit {
        METER
    }

    record Custom(String name) implements Unit {}

    @EventType("SealedWithEnum")
    record SealedWithEnum(
            @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
            @JsonSubTypes({@JsonSubTypes.Type(Metric.class), @JsonSubTypes.Type(Custom.class)})
            Unit unit)
            implements Shape {}

    @EventType("BoundedGeneric")
    record BoundedGeneric(List<? extends Payment> payments, Holder<Card> holder) implements Shape {}

    record Holder<P extends Payment>(P payment) {}
}
