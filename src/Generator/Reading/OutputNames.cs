namespace DlGen.Reading;

/// <summary>
/// What the generated members call several outputs: a pass has properties of their names, Predict destinations and Backward gradients that begin
/// with them. Names that differ in case alone are kept as they are.
/// </summary>
internal sealed class OutputNames(IEnumerable<string> names)
{
    /// <summary>Members of a pass and of every object.</summary>
    private static readonly string[] PassMembers =
        ["Forward", "Backward", "BackwardLoss", "Pass", "Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "Finalize", "ReferenceEquals"];

    private readonly List<string> names = names.ToList();

    /// <summary>"Mean": of a pass.</summary>
    public string Property(int output) => Cased(names[output], names, upper: true);

    /// <summary>"meanDestination": of Predict.</summary>
    public string Destination(int output) => Cased(names[output], names, upper: false) + "Destination";

    /// <summary>"meanGradient": of a pass's Backward.</summary>
    public string Gradient(int output) => Cased(names[output], names, upper: false) + "Gradient";

    /// <summary>InputGradient, or ImageGradient and so on where there are several inputs: a property of a pass.</summary>
    public static string InputGradient(string input, IReadOnlyList<string> inputs) => inputs.Count == 1 ? "InputGradient" : Cased(input, inputs, upper: true) + "Gradient";

    public static bool IsTaken(string property) => Array.IndexOf(PassMembers, property) >= 0;

    private static string Cased(string name, IReadOnlyList<string> all, bool upper)
    {
        name = name.TrimStart('@');
        if (name.Length == 0) return name; // half typed: the compiler says so
        bool isAlone = all.Count(other => string.Equals(other.TrimStart('@'), name, StringComparison.OrdinalIgnoreCase)) == 1;
        return isAlone ? (upper ? char.ToUpperInvariant(name[0]) : char.ToLowerInvariant(name[0])) + name.Substring(1) : name;
    }
}
