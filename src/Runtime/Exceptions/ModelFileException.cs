namespace DlGen;

/// <summary>A safetensors file that breaks a rule of the format or holds other tensors than the model. No parameter was changed.</summary>
public sealed class ModelFileException : DlGenException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which rule was broken and where.</param>
    /// <param name="missing">Names the model has and the file lacks.</param>
    /// <param name="unexpected">Names the file has and the model lacks.</param>
    /// <param name="innerException">What caused it, if another exception did.</param>
    public ModelFileException(string message, IReadOnlyList<string>? missing = null, IReadOnlyList<string>? unexpected = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Missing = missing ?? [];
        Unexpected = unexpected ?? [];
    }

    /// <summary>Names the model has and the file lacks.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Names the file has and the model lacks.</summary>
    public IReadOnlyList<string> Unexpected { get; }
}
