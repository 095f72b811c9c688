using System.Reflection;

namespace DlGen.Tests.Memory;

/// <summary>Everything that an object of the runtime or of a model holds, found by reflection: what no public member shows.</summary>
internal static class ObjectWalk
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly;

    public static IEnumerable<object> From(object root)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var waiting = new Stack<object>([root]);
        while (waiting.TryPop(out object? current))
        {
            if (!seen.Add(current)) continue;
            yield return current;
            if (current is Array array && !array.GetType().GetElementType()!.IsValueType)
                foreach (object? element in array) if (element is not null) waiting.Push(element);
            for (var type = current.GetType(); type is not null && IsOurs(type, root); type = type.BaseType)
                foreach (var field in type.GetFields(Fields))
                    if (field.GetValue(current) is { } value and not string and not ValueType) waiting.Push(value);
        }
    }

    public static object? Field(object owner, string name) => owner.GetType().GetField(name, Fields)!.GetValue(owner);

    public static bool Is(object candidate, Type genericDefinition) => candidate.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == genericDefinition;

    private static bool IsOurs(Type type, object root) => type.Assembly == typeof(IModel).Assembly || type.Assembly == root.GetType().Assembly;
}
