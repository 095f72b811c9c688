using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DlGen.Reading;

/// <summary>C# arithmetic on int, long, float, double and bool, computed as the compiled program would; null where C# constants have no meaning for it.</summary>
internal static class Constants
{
    public static bool IsNumber(object? value) => value is int or long or float or double;

    /// <summary>Numbers of the small types occur as constants and are converted, as C# does, before anything is computed.</summary>
    public static bool IsConvertible(object? value) => IsNumber(value) || value is sbyte or byte or short or ushort or uint;

    /// <summary>A cast as in an unchecked context; null for types that Forward can't compute in.</summary>
    public static object? Convert(object value, ITypeSymbol? type)
    {
        if (type?.SpecialType is SpecialType.System_Object || type is null) return value;
        return (Underlying(type).SpecialType, value) switch
        {
            (SpecialType.System_Int32, not (float or double)) => unchecked((int)System.Convert.ToInt64(value, CultureInfo.InvariantCulture)),
            (SpecialType.System_Int32, _) => unchecked((int)ToDouble(value)),
            (SpecialType.System_Int64, not (float or double)) => System.Convert.ToInt64(value, CultureInfo.InvariantCulture),
            (SpecialType.System_Int64, _) => unchecked((long)ToDouble(value)),
            (SpecialType.System_Single, _) => (float)ToDouble(value),
            (SpecialType.System_Double, _) => ToDouble(value),
            _ => null,
        };
    }

    /// <summary>What elements of a new array begin with.</summary>
    public static object? Default(SpecialType type) => type switch
    {
        SpecialType.System_Int32 => 0,
        SpecialType.System_Int64 => 0L,
        SpecialType.System_Single => 0f,
        SpecialType.System_Double => 0.0,
        SpecialType.System_Boolean => false,
        _ => null,
    };

    /// <summary>A value of an enum is its number, one of int? the number or null.</summary>
    private static ITypeSymbol Underlying(ITypeSymbol type) => type switch
    {
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: { Length: 1 } arguments } => Underlying(arguments[0]),
        INamedTypeSymbol { EnumUnderlyingType: { } number } => number,
        _ => type,
    };

    /// <summary>The value as a variable of that type holds it: what a compound assignment converts back.</summary>
    public static object? Fit(object? value, ITypeSymbol? type) => IsNumber(value) ? Convert(value!, type) ?? value : value;

    public static object? Unary(UnaryOperatorKind kind, object? operand) => (kind, operand) switch
    {
        (UnaryOperatorKind.Not, bool x) => !x,
        (UnaryOperatorKind.Plus, _) when IsNumber(operand) => operand,
        (UnaryOperatorKind.Minus, int x) => unchecked(-x),
        (UnaryOperatorKind.Minus, long x) => unchecked(-x),
        (UnaryOperatorKind.Minus, float x) => -x,
        (UnaryOperatorKind.Minus, double x) => -x,
        (UnaryOperatorKind.BitwiseNegation, int x) => ~x,
        (UnaryOperatorKind.BitwiseNegation, long x) => ~x,
        _ => null,
    };

    public static object? Binary(BinaryOperatorKind kind, object? left, object? right) => (left, right) switch
    {
        (bool x, bool y) => Logic(kind, x, y),
        (string x, string y) when kind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals => string.Equals(x, y, StringComparison.Ordinal) == (kind == BinaryOperatorKind.Equals),
        (int x, int y) => Integer(kind, x, y),
        (int or long, int or long) => Integer(kind, System.Convert.ToInt64(left, CultureInfo.InvariantCulture), System.Convert.ToInt64(right, CultureInfo.InvariantCulture)),
        (double, _) or (_, double) when IsNumber(left) && IsNumber(right) => Real(kind, ToDouble(left!), ToDouble(right!)),
        _ when IsNumber(left) && IsNumber(right) => Single(kind, (float)ToDouble(left!), (float)ToDouble(right!)),
        _ => null,
    };

    /// <summary>A function of Math or MathF; computed in double and rounded to what the method returns.</summary>
    public static object? Function(string name, object?[] operands, ITypeSymbol returnType)
    {
        if (operands.Length is < 1 or > 3 || !operands.All(IsNumber)) return null;
        double x = ToDouble(operands[0]!), y = operands.Length > 1 ? ToDouble(operands[1]!) : 0, z = operands.Length > 2 ? ToDouble(operands[2]!) : 0;
        double? result = (name, operands.Length) switch
        {
            ("Abs", 1) => Math.Abs(x),
            ("Sqrt", 1) => Math.Sqrt(x),
            ("Exp", 1) => Math.Exp(x),
            ("Log", 1) => Math.Log(x),
            ("Log", 2) => Math.Log(x, y),
            ("Log10", 1) => Math.Log10(x),
            ("Log2", 1) => Math.Log(x, 2),
            ("Sin", 1) => Math.Sin(x),
            ("Cos", 1) => Math.Cos(x),
            ("Tan", 1) => Math.Tan(x),
            ("Tanh", 1) => Math.Tanh(x),
            ("Floor", 1) => Math.Floor(x),
            ("Ceiling", 1) => Math.Ceiling(x),
            ("Round", 1) => Math.Round(x),
            ("Truncate", 1) => Math.Truncate(x),
            ("Sign", 1) => Math.Sign(x),
            ("Pow", 2) => Math.Pow(x, y),
            ("Max", 2) => Math.Max(x, y),
            ("Min", 2) => Math.Min(x, y),
            ("Clamp", 3) => y <= z ? Math.Min(Math.Max(x, y), z) : null,
            _ => null,
        };
        return result is { } value ? Convert(value, returnType) : null;
    }

    private static object? Logic(BinaryOperatorKind kind, bool x, bool y) => kind switch
    {
        BinaryOperatorKind.And => x & y,
        BinaryOperatorKind.Or => x | y,
        BinaryOperatorKind.ExclusiveOr or BinaryOperatorKind.NotEquals => x ^ y,
        BinaryOperatorKind.Equals => x == y,
        _ => null,
    };

    private static object? Integer(BinaryOperatorKind kind, int x, int y) => kind switch
    {
        BinaryOperatorKind.LeftShift => x << y,
        BinaryOperatorKind.RightShift => x >> y,
        _ => Integer(kind, (long)x, y) is long wide ? unchecked((int)wide) : Compare(kind, x.CompareTo(y)),
    };

    private static object? Integer(BinaryOperatorKind kind, long x, long y) => kind switch
    {
        BinaryOperatorKind.Add => unchecked(x + y),
        BinaryOperatorKind.Subtract => unchecked(x - y),
        BinaryOperatorKind.Multiply => unchecked(x * y),
        BinaryOperatorKind.Divide when y == -1 => unchecked(-x),
        BinaryOperatorKind.Divide when y != 0 => x / y,
        BinaryOperatorKind.Remainder when y == -1 => 0L,
        BinaryOperatorKind.Remainder when y != 0 => x % y,
        BinaryOperatorKind.LeftShift => x << (int)y,
        BinaryOperatorKind.RightShift => x >> (int)y,
        BinaryOperatorKind.And => x & y,
        BinaryOperatorKind.Or => x | y,
        BinaryOperatorKind.ExclusiveOr => x ^ y,
        _ => Compare(kind, x.CompareTo(y)),
    };

    private static object? Single(BinaryOperatorKind kind, float x, float y)
        => Real(kind, x, y) is double wide ? (float)wide : Real(kind, x, y);

    private static object? Real(BinaryOperatorKind kind, double x, double y) => kind switch
    {
        BinaryOperatorKind.Add => x + y,
        BinaryOperatorKind.Subtract => x - y,
        BinaryOperatorKind.Multiply => x * y,
        BinaryOperatorKind.Divide => x / y,
        BinaryOperatorKind.Remainder => x % y,
        _ when double.IsNaN(x) || double.IsNaN(y) => kind == BinaryOperatorKind.NotEquals,
        _ => Compare(kind, x.CompareTo(y)),
    };

    private static object? Compare(BinaryOperatorKind kind, int order) => kind switch
    {
        BinaryOperatorKind.LessThan => order < 0,
        BinaryOperatorKind.LessThanOrEqual => order <= 0,
        BinaryOperatorKind.GreaterThan => order > 0,
        BinaryOperatorKind.GreaterThanOrEqual => order >= 0,
        BinaryOperatorKind.Equals => order == 0,
        BinaryOperatorKind.NotEquals => order != 0,
        _ => null,
    };

    private static double ToDouble(object value) => System.Convert.ToDouble(value, CultureInfo.InvariantCulture);
}
