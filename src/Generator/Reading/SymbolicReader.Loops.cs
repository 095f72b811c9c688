using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace DlGen.Reading;

/// <summary>Loops with constant bounds: each turn is read, and counted.</summary>
internal sealed partial class SymbolicReader
{
    private Completion Execute(IForLoopOperation loop)
    {
        ExecuteAll(loop.Before);
        while (loop.Condition is null || Condition(loop.Condition))
        {
            CountStep(LoopPlace(loop), "loops");
            var completion = Execute(loop.Body);
            if (completion.Flow == Flow.Return) return completion;
            if (completion.Flow == Flow.Break) break;
            ExecuteAll(loop.AtLoopBottom);
        }
        return Completion.Next;
    }

    private Completion Execute(IWhileLoopOperation loop)
    {
        if (loop.Condition is null) throw ReadException.DoesNotCompile;
        bool runs = !loop.ConditionIsTop || Condition(loop.Condition);
        for (; runs; runs = Condition(loop.Condition))
        {
            CountStep(LoopPlace(loop), "loops");
            var completion = Execute(loop.Body);
            if (completion.Flow == Flow.Return) return completion;
            if (completion.Flow == Flow.Break) break;
        }
        return Completion.Next;
    }

    private Completion Execute(IForEachLoopOperation loop)
    {
        if (loop.IsAsynchronous) throw Unread(loop, "await foreach", "use foreach over an array or list");
        if (loop.LoopControlVariable is IVariableDeclaratorOperation { Symbol: { RefKind: not RefKind.None } item }) throw Unread(item.Place(), "a ref local", "use an index");
        var collection = Items(loop.Collection);
        int version = collection.Version;
        for (int i = 0; i < collection.Count; i++)
        {
            CountStep(LoopPlace(loop), "loops");
            object? value = Local(loop.Collection, collection[i]);
            if (loop.LoopControlVariable is IVariableDeclaratorOperation { Symbol: var variable }) Declare(variable, value);
            else TargetOf(loop.LoopControlVariable).Write(value);
            var completion = Execute(loop.Body);
            if (completion.Flow == Flow.Return) return completion;
            if (completion.Flow == Flow.Break) break;
            if (collection.Version != version) throw Unread(loop.Collection, "a list that changes while foreach runs over it", "use a for loop, or fill another list");
        }
        return Completion.Next;
    }

    /// <summary>"for (int i = 0; i &lt; n; i++)" without the body; of do, the while at its end.</summary>
    private static Location LoopPlace(ILoopOperation loop)
    {
        var (first, last) = loop.Syntax switch
        {
            ForStatementSyntax s => (s.ForKeyword, s.CloseParenToken),
            CommonForEachStatementSyntax s => (s.ForEachKeyword, s.CloseParenToken),
            WhileStatementSyntax s => (s.WhileKeyword, s.CloseParenToken),
            DoStatementSyntax s => (s.WhileKeyword, s.CloseParenToken),
            _ => (loop.Syntax.GetFirstToken(), loop.Syntax.GetLastToken()),
        };
        return Location.Create(loop.Syntax.SyntaxTree, TextSpan.FromBounds(first.SpanStart, last.Span.End));
    }
}
