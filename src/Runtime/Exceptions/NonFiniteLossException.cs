namespace DlGen;

/// <summary>The loss of a batch was NaN or infinite. Nothing was updated.</summary>
public sealed class NonFiniteLossException : DlGenException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Where the first value that is not finite stands, and what to do.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="layer">The first layer whose output was not finite, if that is known.</param>
    public NonFiniteLossException(string message, double loss, string? layer)
        : base(message)
    {
        Loss = loss;
        Layer = layer;
    }

    internal override DlGenException With(string text) => new NonFiniteLossException(text, Loss, Layer);

    /// <summary>The loss: NaN or an infinity.</summary>
    public double Loss { get; }

    /// <summary>The first layer whose output was not finite, or null when the inputs or parameters already were not.</summary>
    public string? Layer { get; }
}
