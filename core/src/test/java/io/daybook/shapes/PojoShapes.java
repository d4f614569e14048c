package io.daybook.shapes;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import io.daybook.event.EventType;
import io.daybook.shapes.RecordShapes.Point;
import java.beans.ConstructorProperties;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Classes with fields, getters, setters, creators and builders. */
@SuppressWarnings("unused")
final class PojoShapes {

    private PojoShapes() {}

    @EventType("Bean")
    static final class Bean implements Shape {
        private String name;
        private boolean open;
        private List<String> tags = new ArrayList<>();

        static Bean of(String name, boolean open, List<String> tags) {
            Bean bean = new Bean();
            bean.name = name;
            bean.open = open;
            bean.tags = tags;
            return bean;
        }

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }

        public boolean isOpen() {
            return open;
        }

        public void setOpen(boolean open) {
            this.open = open;
        }

        public List<String> getTags() {
            return tags;
        }

        public void setTags(List<String> tags) {
            this.tags = tags;
        }
    }

    @EventType("PublicFields")
    static final class PublicFields implements Shape {
        public String a;
        public Point b;
        public transient int cache;
        public static int COUNT;

        static PublicFields of(String a, Point b) {
            PublicFields fields = new PublicFields();
            fields.a = a;
            fields.b = b;
            fields.cache = 7;
            return fields;
        }
    }

    @EventType("FinalPublic")
    static final class FinalPublic implements Shape {
        public final String a;
        public final int b = 1;

        FinalPublic() {
            this("none");
        }

        FinalPublic(String a) {
            this.a = a;
        }
    }

    @EventType("NoGetters")
    static final class NoGetters implements Shape {
        private String a;
    }

    @EventType("SetterOnly")
    static final class SetterOnly implements Shape {
        private String a;

        public void setA(String a) {
            this.a = a;
        }
    }

    @EventType("GetterOnly")
    static final class GetterOnly implements Shape {
        private String a = "x";

        public String getA() {
            return a;
        }
    }

    @EventType("ComputedGetter")
    static final class ComputedGetter implements Shape {
        public int a;

        public int getTwice() {
            return 2 * a;
        }
    }

    @EventType("ListByGetter")
    static final class ListByGetter implements Shape {
        private final List<String> list = new ArrayList<>();

        static ListByGetter of(String... texts) {
            ListByGetter made = new ListByGetter();
            Collections.addAll(made.list, texts);
            return made;
        }

        public List<String> getList() {
            return list;
        }
    }

    @EventType("ListViewByGetter")
    static final class ListViewByGetter implements Shape {
        private final List<String> list = new ArrayList<>();

        static ListViewByGetter of(String... texts) {
            ListViewByGetter made = new ListViewByGetter();
            Collections.addAll(made.list, texts);
            return made;
        }

        public List<String> getList() {
            return new ArrayList<>(list);
        }
    }

    @EventType("MaskedGetter")
    static final class MaskedGetter implements Shape {
        private String card;

        static MaskedGetter of(String card) {
            MaskedGetter made = new MaskedGetter();
            made.card = card;
            return made;
        }

        public String getCard() {
            return card == null ? null : "****" + card.substring(Math.max(0, card.length() - 4));
        }

        public void setCard(String card) {
            this.card = card;
        }
    }

    @EventType("AddingSetter")
    static final class AddingSetter implements Shape {
        private List<String> tags = new ArrayList<>(List.of("always"));

        static AddingSetter of(String... more) {
            AddingSetter made = new AddingSetter();
            Collections.addAll(made.tags, more);
            return made;
        }

        public List<String> getTags() {
            return tags;
        }

        public void setTags(List<String> more) {
            tags.addAll(more);
        }
    }

    abstract static class Parent {
        @JsonProperty
        private String inherited;

        void inherited(String text) {
            inherited = text;
        }
    }

    @EventType("Child")
    static final class Child extends Parent implements Shape {
        @JsonProperty
        private int own;

        static Child of(String inherited, int own) {
            Child child = new Child();
            child.inherited(inherited);
            child.own = own;
            return child;
        }
    }

    static class HidingParent {
        public String name;
    }

    @EventType("HidingChild")
    static final class HidingChild extends HidingParent implements Shape {
        public String name;

        static HidingChild of(String parents, String own) {
            HidingChild child = new HidingChild();
            ((HidingParent) child).name = parents;
            child.name = own;
            return child;
        }
    }

    static class SilentParent {
        private String forgotten;

        void forget(String text) {
            forgotten = text;
        }
    }

    @EventType("ChildOfSilent")
    static final class ChildOfSilent extends SilentParent implements Shape {
        public String own;
    }

    @EventType("PrivateNoArgs")
    static final class PrivateNoArgs implements Shape {
        @JsonProperty
        private final String a;

        private PrivateNoArgs() {
            this("");
        }

        PrivateNoArgs(String a) {
            this.a = a;
        }
    }

    @EventType("KotlinLike")
    static final class KotlinLike implements Shape {
        private final String name;
        private final boolean isActive;
        private final List<Point> points;

        @JsonCreator
        KotlinLike(
                @JsonProperty("name") String name,
                @JsonProperty("active") boolean isActive,
                @JsonProperty("points") List<Point> points) {
            this.name = name;
            this.isActive = isActive;
            this.points = points;
        }

        public String getName() {
            return name;
        }

        public boolean isActive() {
            return isActive;
        }

        public List<Point> getPoints() {
            return points;
        }

        public String component1() {
            return name;
        }

        public KotlinLike copy(String name) {
            return new KotlinLike(name, isActive, points);
        }
    }

    @EventType("KotlinUnannotated")
    static final class KotlinUnannotated implements Shape {
        private final String name;

        KotlinUnannotated(String name) {
            this.name = name;
        }

        public String getName() {
            return name;
        }
    }

    @EventType("ConstructorNames")
    static final class ConstructorNames implements Shape {
        private final String a;
        private final int b;

        @ConstructorProperties({"a", "b"})
        ConstructorNames(String a, int b) {
            this.a = a;
            this.b = b;
        }

        public String getA() {
            return a;
        }

        public int getB() {
            return b;
        }
    }

    @EventType("Singleton")
    static final class Singleton implements Shape {
        static final Singleton INSTANCE = new Singleton();

        private Singleton() {}
    }

    @JsonDeserialize(builder = LombokBuilt.Builder.class)
    @EventType("LombokBuilt")
    static final class LombokBuilt implements Shape {
        private final String a;
        private final List<String> tags;

        private LombokBuilt(String a, List<String> tags) {
            this.a = a;
            this.tags = tags;
        }

        static Builder builder() {
            return new Builder();
        }

        public String getA() {
            return a;
        }

        public List<String> getTags() {
            return tags;
        }

        @JsonPOJOBuilder(withPrefix = "")
        static final class Builder {
            private String a = "default";
            private List<String> tags = List.of();

            Builder a(String a) {
                this.a = a;
                return this;
            }

            @JsonProperty
            Builder tags(List<String> tags) {
                this.tags = tags;
                return this;
            }

            LombokBuilt build() {
                return new LombokBuilt(a, tags);
            }
        }
    }

    @JsonDeserialize(builder = ForgetfulBuilt.Builder.class)
    @EventType("ForgetfulBuilt")
    static final class ForgetfulBuilt implements Shape {
        private final String a;
        private final String b;

        ForgetfulBuilt(String a, String b) {
            this.a = a;
            this.b = b;
        }

        public String getA() {
            return a;
        }

        public String getB() {
            return b;
        }

        static final class Builder {
            private String a;

            public Builder withA(String a) {
                this.a = a;
                return this;
            }

            public ForgetfulBuilt build() {
                return new ForgetfulBuilt(a, null);
            }
        }
    }

    @JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.ANY, getterVisibility = JsonAutoDetect.Visibility.NONE)
    @EventType("Fluent")
    static final class Fluent implements Shape {
        private String a;
        private Point p;

        String a() {
            return a;
        }

        Fluent a(String a) {
            this.a = a;
            return this;
        }

        Fluent p(Point p) {
            this.p = p;
            return this;
        }

        public String getOther() {
            return "other";
        }
    }

    @EventType("FluentOnly")
    static final class FluentOnly implements Shape {
        private String a;

        public String a() {
            return a;
        }

        public FluentOnly a(String a) {
            this.a = a;
            return this;
        }
    }

    @EventType("LombokNames")
    static final class LombokNames implements Shape {
        private String aName;
        private String URL;
        private Boolean isDone;

        static LombokNames of(String a, String url, Boolean done) {
            LombokNames made = new LombokNames();
            made.aName = a;
            made.URL = url;
            made.isDone = done;
            return made;
        }

        public String getAName() {
            return aName;
        }

        public void setAName(String aName) {
            this.aName = aName;
        }

        public String getURL() {
            return URL;
        }

        public void setURL(String url) {
            this.URL = url;
        }

        public Boolean getIsDone() {
            return isDone;
        }

        public void setIsDone(Boolean done) {
            this.isDone = done;
        }
    }
}
