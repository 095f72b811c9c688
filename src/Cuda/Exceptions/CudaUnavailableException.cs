namespace DlGen;

/// <summary>There is no GPU that a model can run on, or not the one that was asked for. <see cref="Cuda.WhyUnavailable"/> tells it without an exception.</summary>
/// <param name="message">What is missing, and what to do.</param>
public sealed class CudaUnavailableException(string message) : DlGenException(message);
