using System.Collections;
using System.Reflection;
using DlGen.Graphs;

namespace DlGen.Tests.Mutation;

/// <summary>Copies records of the generator into another build of it, whose types are others of the same names, and back.</summary>
internal sealed class Transfer(System.Reflection.Assembly target)
{
    public object? Copy(object? value)
    {
        if (value is null or string || value.GetType().IsPrimitive) return value;
        var type = Map(value.GetType());
        if (type.IsEnum) return Enum.ToObject(type, value);
        if (type.IsGenericType && type.Name == typeof(EquatableArray<>).Name) return CopyArray(type, (IEnumerable)value);

        // A record's first constructor is its positional one; its properties have the parameters' names.
        var constructor = type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).MaxBy(c => c.GetParameters().Length)!;
        object?[] arguments = [.. constructor.GetParameters().Select(p => Copy(value.GetType().GetProperty(p.Name!)!.GetValue(value)))];
        return constructor.Invoke(arguments);
    }

    private object CopyArray(Type type, IEnumerable items)
    {
        object?[] copies = [.. items.Cast<object?>().Select(Copy)];
        var array = Array.CreateInstance(type.GetGenericArguments()[0], copies.Length);
        copies.CopyTo(array, 0);
        return type.GetMethod("op_Implicit")!.Invoke(null, [array])!;
    }

    private Type Map(Type type)
    {
        if (!type.FullName!.StartsWith("DlGen.", StringComparison.Ordinal)) return type;
        return type.IsGenericType
            ? target.GetType(type.GetGenericTypeDefinition().FullName!, throwOnError: true)!.MakeGenericType([.. type.GetGenericArguments().Select(Map)])
            : target.GetType(type.FullName, throwOnError: true)!;
    }
}
