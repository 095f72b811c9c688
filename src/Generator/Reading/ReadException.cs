using Microsoft.CodeAnalysis;

namespace DlGen.Reading;

/// <summary>
/// Reading can't go on; the diagnostic is at the offending attribute or expression. Without one, the compiler itself reports what is wrong and we
/// add nothing to it.
/// </summary>
internal sealed class ReadException(Diagnostic? diagnostic) : Exception
{
    public ReadException(DiagnosticDescriptor descriptor, Location location, params object[] arguments)
        : this(Diagnostic.Create(descriptor, location, arguments))
    {
    }

    public static ReadException DoesNotCompile => new(null);

    public Diagnostic? Diagnostic => diagnostic;

    /// <summary>What the members of the model throw where there is no diagnostic.</summary>
    public string Reason { get; init; } = "the declaration does not compile";

    /// <summary>Whether a model was found to call itself, which the model that is read reports at its own call.</summary>
    public bool IsCycle { get; init; }
}
