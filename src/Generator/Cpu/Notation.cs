using System.Text;
using DlGen.Graphs;

namespace DlGen.Cpu;

/// <summary>A piece of an expression; a compound one is put in parentheses where it becomes an operand.</summary>
internal readonly record struct Term(string Text, bool IsCondition = false)
{
    public string Operand => IsCompound ? "(" + Text + ")" : Text;

    /// <summary>Whether an operator stands outside of all parentheses, or before everything.</summary>
    private bool IsCompound
    {
        get
        {
            int depth = 0;
            for (int i = 0; i < Text.Length; i++)
            {
                char c = Text[i];
                if (depth == 0 && (c is ' ' or '·' || (i == 0 && c is '-' or '~' or '!' && Text.Length > 1))) return true;
                depth += c is '(' or '[' ? 1 : c is ')' or ']' ? -1 : 0;
            }
            return false;
        }
    }
}

/// <summary>A way to write the scalar functions: scalar C#, vector C# of one width, or words for comments.</summary>
internal abstract class Notation
{
    /// <summary>The type of a value and of a condition, as locals are declared; empty in comments.</summary>
    public abstract string ValueType { get; }

    public abstract string ConditionType { get; }

    public abstract string Constant(double value);

    protected abstract string Template(ScalarSpelling spelling);

    protected abstract string FromCondition(string condition);

    protected abstract string ToCondition(string value);

    protected abstract string Placeholder(string name);

    /// <summary>A term as a number; <paramref name="isWhole"/> where it stands alone, as an argument or a right-hand side, and needs no parentheses.</summary>
    public string ValueOf(Term term, bool isWhole = false) => term.IsCondition ? FromCondition(term.Operand) : isWhole ? term.Text : term.Operand;

    private string ConditionOf(Term term, bool isWhole) => term.IsCondition ? isWhole ? term.Text : term.Operand : ToCondition(term.Operand);

    /// <summary>How often the text of a function repeats an operand; more than once asks for a local.</summary>
    public int Repetitions(ScalarOp op, int operand)
    {
        string template = Template(ScalarSpelling.Of(op));
        string digit = Literal.Of(operand) + "}";
        int count = 0;
        for (int at = template.IndexOf(digit, StringComparison.Ordinal); at >= 0; at = template.IndexOf(digit, at + 1, StringComparison.Ordinal)) count++;
        return count;
    }

    public Term Apply(ScalarOp op, Func<int, Term> operand)
    {
        var spelling = ScalarSpelling.Of(op);
        string template = Template(spelling);
        var text = new StringBuilder();
        for (int i = 0; i < template.Length; i++)
        {
            if (template[i] != '{')
            {
                text.Append(template[i]);
                continue;
            }
            int end = template.IndexOf('}', i);
            string name = template.Substring(i + 1, end - i - 1);
            bool isArgument = IsArgument(template, i, end);
            text.Append(name[0] == '?' ? ConditionOf(operand(name[1] - '0'), isArgument) : char.IsDigit(name[0]) ? ValueOf(operand(name[0] - '0'), isArgument) : Placeholder(name));
            i = end;
        }
        return new Term(text.ToString(), spelling.IsCondition);
    }

    /// <summary>Whether the placeholder is one whole argument: what stands before it ends in "(" or ", " and what follows begins with "," or ")".</summary>
    private static bool IsArgument(string template, int start, int end)
    {
        if (start == 0 || end == template.Length - 1) return false;
        bool begins = template[start - 1] == '(' || (start > 1 && template[start - 2] == ',');
        return begins && template[end + 1] is ',' or ')';
    }
}

/// <summary>Scalar C# in float or double.</summary>
internal sealed class ScalarNotation(bool float64) : Notation
{
    public override string ValueType => float64 ? "double" : "float";

    public override string ConditionType => "bool";

    public override string Constant(double value) => Literal.Of(value, float64);

    protected override string Template(ScalarSpelling spelling) => spelling.Scalar;

    protected override string FromCondition(string condition) => $"({condition} ? {Literal.Of(1.0, float64)} : {Literal.Of(0.0, float64)})";

    protected override string ToCondition(string value) => $"({value} != 0)";

    protected override string Placeholder(string name) => float64 ? "Math" : "MathF";
}

/// <summary>The mathematics in a comment.</summary>
internal sealed class WordNotation : Notation
{
    public override string ValueType => "";

    public override string ConditionType => "";

    public override string Constant(double value) => value.ToString("G6", System.Globalization.CultureInfo.InvariantCulture);

    protected override string Template(ScalarSpelling spelling) => spelling.Words;

    protected override string FromCondition(string condition) => condition.StartsWith("(", StringComparison.Ordinal) ? "[" + condition.Substring(1, condition.Length - 2) + "]" : "[" + condition + "]";

    protected override string ToCondition(string value) => value;

    protected override string Placeholder(string name) => "";
}
