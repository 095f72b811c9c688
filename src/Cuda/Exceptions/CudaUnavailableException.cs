namespace DlGen;

/// <summary>There is no GPU that a model can run on, or not the one that was asked for, of which <see cref="Cuda.WhyUnavailable"/> tells without an exception; or it is too old for the
/// <see cref="CudaPrecision"/> of the model.</summary>
/// <param name="message">What is missing, and what to do.</param>
public sealed class CudaUnavailableException(string message) : DlGenException(message);
