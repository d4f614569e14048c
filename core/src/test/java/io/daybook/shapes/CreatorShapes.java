package io.daybook.shapes;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonBackReference;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFilter;
import com.fasterxml.jackson.annotation.JsonIdentityInfo;
import com.fasterxml.jackson.annotation.JsonIdentityReference;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonManagedReference;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.annotation.ObjectIdGenerators;
import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.event.EventType;
import io.daybook.shapes.RecordShapes.Point;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Classes with delegating creators, any-setters, references between objects, and members of their own forms. */
@SuppressWarnings("unused")
final class CreatorShapes {

    private CreatorShapes() {}

    @EventType("MapDelegate")
    static final class MapDelegate implements Shape {
        private final Map<String, Integer> map;

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        MapDelegate(Map<String, Integer> map) {
            this.map = map;
        }

        @JsonValue
        Map<String, Integer> map() {
            return map;
        }
    }

    @EventType("TextDelegate")
    static final class TextDelegate implements Shape {
        private final String text;

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        TextDelegate(String text) {
            this.text = text;
        }

        @JsonValue
        String text() {
            return text;
        }
    }

    record Sku(@JsonValue String code) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        Sku {}
    }

    record UpperSku(String code) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        UpperSku(String code) {
            this.code = code;
        }

        @JsonValue
        String upper() {
            return code.toUpperCase(java.util.Locale.ROOT);
        }
    }

    record ValueOnly(@JsonValue String code, String note) {}

    record PartValue(@JsonValue String code, String note) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static PartValue of(String code) {
            return new PartValue(code, "");
        }
    }

    @EventType("SkuMember")
    record SkuMember(Sku sku, List<Sku> more) implements Shape {}

    @EventType("SkuKeys")
    record SkuKeys(Map<Sku, Integer> counts) implements Shape {}

    @EventType("UpperSkuMember")
    record UpperSkuMember(UpperSku sku) implements Shape {}

    @EventType("ValueOnlyMember")
    record ValueOnlyMember(ValueOnly value) implements Shape {}

    @EventType("PartValueMember")
    record PartValueMember(PartValue value) implements Shape {}

    record Money(long cents) {
        @JsonCreator
        static Money parse(String text) {
            return new Money(Long.parseLong(text));
        }

        @Override
        @JsonValue
        public String toString() {
            return Long.toString(cents);
        }
    }

    @EventType("MoneyMember")
    record MoneyMember(Money money) implements Shape {}

    @EventType("MoneyKeys")
    record MoneyKeys(Map<Money, String> names) implements Shape {}

    @EventType("PointKeys")
    record PointKeys(Map<Point, String> names) implements Shape {}

    @EventType("AnyPojo")
    static final class AnyPojo implements Shape {
        public String id;
        private final Map<String, Object> rest = new LinkedHashMap<>();

        static AnyPojo of(String id, String key, Object value) {
            AnyPojo made = new AnyPojo();
            made.id = id;
            made.rest.put(key, value);
            return made;
        }

        @JsonAnyGetter
        public Map<String, Object> rest() {
            return rest;
        }

        @JsonAnySetter
        public void put(String key, Object value) {
            rest.put(key, value);
        }
    }

    @EventType("AnyGetterOnly")
    static final class AnyGetterOnly implements Shape {
        private final Map<String, String> rest = new LinkedHashMap<>();

        @JsonAnyGetter
        public Map<String, String> rest() {
            return rest;
        }
    }

    @EventType("AnySetterOnly")
    static final class AnySetterOnly implements Shape {
        public String id;

        @JsonIgnore
        private final Map<String, String> rest = new LinkedHashMap<>();

        @JsonAnySetter
        public void put(String key, String value) {
            rest.put(key, value);
        }
    }

    @EventType("AnyIgnoring")
    @JsonIgnoreProperties({"hidden"})
    static final class AnyIgnoring implements Shape {
        @JsonAnyGetter
        @JsonAnySetter
        private final Map<String, String> rest = new LinkedHashMap<>();

        static AnyIgnoring of(String key, String value) {
            AnyIgnoring made = new AnyIgnoring();
            made.rest.put(key, value);
            return made;
        }
    }

    static final class Person {
        public String name;

        @JsonManagedReference
        public List<Pet> pets = new ArrayList<>();

        static Person of(String name, String... pets) {
            Person person = new Person();
            person.name = name;
            for (String pet : pets) {
                Pet made = new Pet();
                made.name = pet;
                made.owner = person;
                person.pets.add(made);
            }
            return person;
        }

        static Person ofStrayPet(String pet) {
            Person person = of("stray", pet);
            person.pets.get(0).owner = null;
            return person;
        }
    }

    static final class Pet {
        public String name;

        @JsonBackReference
        public Person owner;
    }

    @EventType("BackReferences")
    record BackReferences(Person person) implements Shape {}

    @JsonIdentityInfo(generator = ObjectIdGenerators.PropertyGenerator.class, property = "id")
    static final class Node {
        public String id;
        public List<Node> next = new ArrayList<>();

        static Node of(String id, Node... next) {
            Node node = new Node();
            node.id = id;
            node.next.addAll(List.of(next));
            return node;
        }

        static Node loop() {
            Node node = of("loop");
            node.next.add(node);
            return node;
        }
    }

    @EventType("Graph")
    record Graph(Node first, Node second) implements Shape {
        static Graph shared() {
            Node node = Node.of("a", Node.of("b"));
            return new Graph(node, node);
        }

        static Graph sameId() {
            return new Graph(Node.of("a", Node.of("b")), Node.of("a", Node.of("c")));
        }
    }

    @JsonIdentityInfo(generator = ObjectIdGenerators.IntSequenceGenerator.class)
    static final class Counted {
        public String text;

        static Counted of(String text) {
            Counted counted = new Counted();
            counted.text = text;
            return counted;
        }
    }

    @EventType("SharedMembers")
    record SharedMembers(Counted a, Counted b) implements Shape {
        static SharedMembers same(String text) {
            Counted counted = Counted.of(text);
            return new SharedMembers(counted, counted);
        }
    }

    @JsonIdentityInfo(generator = ObjectIdGenerators.PropertyGenerator.class, property = "id")
    @JsonIdentityReference(alwaysAsId = true)
    static final class ById {
        public String id;
        public String text;
    }

    @EventType("AlwaysAsId")
    record AlwaysAsId(ById value) implements Shape {}

    @JsonFilter("mine")
    record Filtered(String a, String b) {}

    @EventType("FilteredMember")
    record FilteredMember(Filtered value) implements Shape {}

    @EventType("Injected")
    static final class Injected implements Shape {
        public String a;

        @JacksonInject
        private String service;
    }

    @EventType("Inner")
    final class Inner implements Shape {
        public String a;
    }

    final class InnerMember {
        public String a;
    }

    @EventType("HoldsInner")
    record HoldsInner(InnerMember inner) implements Shape {}

    static class Animal {
        public String name;

        static Animal of(String name) {
            Animal animal = new Animal();
            animal.name = name;
            return animal;
        }
    }

    static final class Dog extends Animal {
        public int tricks;

        static Dog of(String name, int tricks) {
            Dog dog = new Dog();
            dog.name = name;
            dog.tricks = tricks;
            return dog;
        }
    }

    @EventType("OpenClass")
    record OpenClass(Animal animal, List<Animal> more) implements Shape {}

    @EventType("PrimitiveSetter")
    static final class PrimitiveSetter implements Shape {
        private Integer count;

        static PrimitiveSetter of(Integer count) {
            PrimitiveSetter made = new PrimitiveSetter();
            made.count = count;
            return made;
        }

        public Integer getCount() {
            return count;
        }

        public void setCount(int count) {
            this.count = count;
        }
    }

    @EventType("NarrowSetter")
    static final class NarrowSetter implements Shape {
        private long count;

        static NarrowSetter of(long count) {
            NarrowSetter made = new NarrowSetter();
            made.count = count;
            return made;
        }

        public long getCount() {
            return count;
        }

        public void setCount(int count) {
            this.count = count;
        }
    }

    @EventType("UnwrappedPojo")
    static final class UnwrappedPojo implements Shape {
        public String id;

        @JsonUnwrapped
        public Animal animal;

        static UnwrappedPojo of(String id, Animal animal) {
            UnwrappedPojo made = new UnwrappedPojo();
            made.id = id;
            made.animal = animal;
            return made;
        }
    }

    @EventType("TreeCreator")
    static final class TreeCreator implements Shape {
        public final String a;

        private TreeCreator(String a) {
            this.a = a;
        }

        @JsonCreator
        static TreeCreator of(JsonNode tree) {
            return new TreeCreator(tree.path("a").asText());
        }
    }
}
