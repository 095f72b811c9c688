using System.Runtime.CompilerServices;
using DlGen.Graphs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DlGen.Reading;

/// <summary>switch, is and patterns over constants: the one case that fits is read, the others are not.</summary>
internal sealed partial class SymbolicReader
{
    private Completion Execute(ISwitchOperation operation)
    {
        object? value = Evaluate(operation.Value);
        var chosen = operation.Cases.FirstOrDefault(c => c.Clauses.Any(clause => Fits(clause, value)))
            ?? operation.Cases.FirstOrDefault(c => c.Clauses.Any(clause => clause.CaseKind == CaseKind.Default));
        if (chosen is null) return Completion.Next;
        var completion = ExecuteAll(chosen.Body);
        return completion.Flow == Flow.Break ? Completion.Next : completion;
    }

    private object? Evaluate(ISwitchExpressionOperation operation)
    {
        object? value = Evaluate(operation.Value);
        foreach (var arm in operation.Arms)
            if (Matches(arm.Pattern, value) && (arm.Guard is null || Condition(arm.Guard))) return Evaluate(arm.Value);
        throw Unread(operation, "a switch that has no case for its value", "add one, or _ => …");
    }

    private bool Fits(ICaseClauseOperation clause, object? value) => clause switch
    {
        IDefaultCaseClauseOperation => false,
        ISingleValueCaseClauseOperation single => IsSame(value, Evaluate(single.Value)),
        IPatternCaseClauseOperation pattern => Matches(pattern.Pattern, value) && (pattern.Guard is null || Condition(pattern.Guard)),
        _ => throw Unread(clause),
    };

    private bool Matches(IPatternOperation pattern, object? value)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (pattern)
        {
            case IDiscardPatternOperation:
                return true;
            case IConstantPatternOperation constant:
                return IsSame(value, Evaluate(constant.Value));
            case IRelationalPatternOperation relation:
                return value is not null && (Constants.Binary(relation.OperatorKind, value, Evaluate(relation.Value)) is bool holds ? holds : throw Unread(pattern));
            case IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.Or } either:
                return Matches(either.LeftPattern, value) || Matches(either.RightPattern, value);
            case IBinaryPatternOperation both:
                return Matches(both.LeftPattern, value) && Matches(both.RightPattern, value);
            case INegatedPatternOperation not:
                return !Matches(not.Pattern, value);
            case ITypePatternOperation type:
                return IsOf(pattern, type.MatchedType, value);
            case IDeclarationPatternOperation declaration:
                return (declaration.MatchesNull || IsOf(pattern, declaration.MatchedType, value)) && Named(declaration.DeclaredSymbol, value);
            case IRecursivePatternOperation { PropertySubpatterns.IsEmpty: true } recursive:
                return value is not null && MatchesEach(recursive, value) && Named(recursive.DeclaredSymbol, value);
            default:
                throw Unread(pattern);
        }
    }

    /// <summary>(1, &gt; 2) against a tuple or a shape; { } against anything but null.</summary>
    private bool MatchesEach(IRecursivePatternOperation pattern, object value)
    {
        if (pattern.DeconstructionSubpatterns.IsEmpty) return IsOf(pattern, pattern.MatchedType, value);
        var elements = value switch
        {
            TupleValue tuple => tuple.Elements,
            Shape shape => Boxed(shape),
            _ => throw Unread(pattern),
        };
        return elements.Count == pattern.DeconstructionSubpatterns.Length && pattern.DeconstructionSubpatterns.Select((part, i) => (part, i)).All(p => Matches(p.part, elements[p.i]));
    }

    private bool Named(ISymbol? symbol, object? value)
    {
        if (symbol is ILocalSymbol local) Declare(local, value);
        return true;
    }

    private bool IsOf(IOperation operation, ITypeSymbol? type, object? value)
    {
        if (value is null) return false;
        bool? fits = type?.SpecialType switch
        {
            SpecialType.System_Object or null => true,
            SpecialType.System_Int32 => value is int,
            SpecialType.System_Int64 => value is long,
            SpecialType.System_Single => value is float,
            SpecialType.System_Double => value is double,
            SpecialType.System_Boolean => value is bool,
            SpecialType.System_String => value is string,
            _ when type.IsTensor() => value is Value,
            _ when type.IsLibrary("Shape") => value is Shape,
            _ when type.IsTupleType => value is TupleValue,
            _ => null,
        };
        return fits ?? throw Unread(operation);
    }

    /// <summary>What a constant pattern compares: NaN is NaN.</summary>
    private static bool IsSame(object? value, object? constant) => Equals(value, constant) || Constants.Binary(BinaryOperatorKind.Equals, value, constant) is true;

    /// <summary>(a, b) == (1, 2), element by element.</summary>
    private bool Compare(ITupleBinaryOperation comparison)
    {
        bool areEqual = AreEqual(comparison, Evaluate(comparison.LeftOperand), Evaluate(comparison.RightOperand));
        return areEqual == (comparison.OperatorKind == BinaryOperatorKind.Equals);
    }

    private bool AreEqual(IOperation comparison, object? left, object? right)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        CountStep(comparison.Syntax.GetLocation(), "comparisons");
        return (left, right) switch
        {
            (TupleValue x, TupleValue y) when x.Elements.Count == y.Elements.Count => x.Elements.Zip(y.Elements, (a, b) => AreEqual(comparison, a, b)).All(same => same),
            (null, _) or (_, null) => left == right,
            _ => Constants.Binary(BinaryOperatorKind.Equals, left, right) is bool same ? same
                : throw Unread(comparison, "a comparison of tuples that hold more than constants", "compare the constants one by one"),
        };
    }
}
