using Microsoft.CodeAnalysis;

namespace DlGen.Diagnostics;

/// <summary>
/// Every diagnostic: DLG01xx declaration, 02xx shapes, 03xx training mistakes, 04xx targets, 05xx information. Each has a page of its id in docs/diagnostics.
/// </summary>
internal static class Descriptors
{
    public static readonly DiagnosticDescriptor NotPartial = Error("DLG0101", "A model must be partial",
        "'{0}' must be partial, so that the generator can add its members");

    public static readonly DiagnosticDescriptor LayersSplit = Error("DLG0102", "Layers on several declarations",
        "The layers of '{0}' stand on several declarations, whose order is undefined; put them all on one");

    public static readonly DiagnosticDescriptor NoInput = Error("DLG0103", "No input shape",
        "'{0}' has no input shape; add {1}");

    public static readonly DiagnosticDescriptor NoNetwork = Error("DLG0104", "No layers and no Forward",
        "'{0}' has neither layer attributes nor a method Forward; add layers, e.g. [Linear(10)], or 'private static Tensor Forward([Input(784)] Tensor x)'");

    public static readonly DiagnosticDescriptor TwoForms = Error("DLG0105", "Layers and Forward at once",
        "'{0}' has layer attributes and a method Forward; keep one of the two");

    public static readonly DiagnosticDescriptor ForwardSignature = Error("DLG0106", "Signature of Forward",
        "Forward {0}; write 'private static Tensor Forward([Input(…)] Tensor x)'");

    public static readonly DiagnosticDescriptor UnsupportedClass = Error("DLG0107", "This kind of class can't be a model",
        "'{0}' {1}");

    public static readonly DiagnosticDescriptor ReservedName = Error("DLG0108", "Reserved name",
        "The generated methods have a parameter or variable '{0}' of their own; choose another name");

    public static readonly DiagnosticDescriptor InvalidArgument = Error("DLG0109", "Argument out of range",
        "{0}");

    public static readonly DiagnosticDescriptor UnknownLayer = Error("DLG0110", "Not a layer of the catalogue",
        "{0} is not in the catalogue of layers and losses; write it as a static method over Tensor and call that in Forward");

    public static readonly DiagnosticDescriptor TwoLosses = Error("DLG0111", "Several losses",
        "'{0}' has more than one loss; keep one");

    public static readonly DiagnosticDescriptor ParametersDependOnTraining = Error("DLG0112", "Parameters depend on Tensor.Training",
        "The parameter {0} exists only while Tensor.Training is {1}; make the same layers in both cases");

    public static readonly DiagnosticDescriptor LossSignature = Error("DLG0113", "Signature of Loss",
        "Loss {0}; write 'private static Tensor Loss(Tensor output, [Target(…)] Tensor target)'");

    public static readonly DiagnosticDescriptor LossOfSeveralOutputs = Error("DLG0114", "A loss attribute over several outputs",
        "{0} judges one output, but Forward returns several; remove it and write 'private static Tensor Loss(({1}) output, [Target(…)] Tensor target)'");

    public static readonly DiagnosticDescriptor ModelCall = Error("DLG0115", "Another model that can't be called here",
        "{0}");

    public static readonly DiagnosticDescriptor BlockMethod = Error("DLG0116", "A block and its method don't fit",
        "Block: {0}");

    public static readonly DiagnosticDescriptor InvalidTargets = Error("DLG0117", "What the model can't be compiled for",
        "Targets: {0}");

    public static readonly DiagnosticDescriptor Unread = Error("DLG0120", "Not readable at compile time",
        "{0} is read at compile time and can't contain {1}; {2}");

    public static readonly DiagnosticDescriptor TooLarge = Error("DLG0121", "Reading stopped at its bound",
        "Reading stopped: {0}");

    public static readonly DiagnosticDescriptor RunTimeCall = Error("DLG0122", "Symbolic method used at run time",
        "'{0}' is read by the generator and throws when it runs; call Predict or Train of the model instead");

    public static readonly DiagnosticDescriptor ShapeMismatch = Error("DLG0201", "Shapes don't fit",
        "{0}");

    public static readonly DiagnosticDescriptor IdsAsNumbers = Error("DLG0202", "Ids where numbers are computed with",
        "{0}");

    public static readonly DiagnosticDescriptor SoftmaxBeforeLoss = Warning("DLG0301", "Softmax before SoftmaxCrossEntropy",
        "SoftmaxCrossEntropy applies softmax itself; a Softmax before it flattens the gradients; remove it{0}");

    public static readonly DiagnosticDescriptor SigmoidBeforeLoss = Warning("DLG0302", "Sigmoid before SigmoidCrossEntropy",
        "SigmoidCrossEntropy applies the sigmoid itself; a Sigmoid before it flattens the gradients; remove it{0}");

    public static readonly DiagnosticDescriptor DropoutBeforeOutput = Warning("DLG0303", "Dropout right before the output",
        "Dropout right before the output sets predictions to 0 at random in training; move it before the last layer with parameters");

    public static readonly DiagnosticDescriptor UnusedLayer = Warning("DLG0304", "A layer that nothing uses",
        "Nothing uses the result of {0}, so it is never trained; use it or remove it");

    public static readonly DiagnosticDescriptor UnusedTarget = Warning("DLG0305", "A target that the loss does not use",
        "Loss does not use '{0}', though every training step must be given it; use it or remove it");

    public static readonly DiagnosticDescriptor DroppedBorder = Warning("DLG0306", "A pool that drops a border",
        "{0} leaves out {1}, where no window reaches; choose a size and a stride that fit, add padding, or state CeilMode");

    public static readonly DiagnosticDescriptor CancelledBias = Warning("DLG0308", "A bias right before a norm that subtracts it",
        "{1} subtracts the mean and with it the bias of the {0} before it, which is trained for nothing; state bias: false (as an attribute, Bias = false)");

    public static readonly DiagnosticDescriptor WeightOfNetwork = Error("DLG0401", "A weight of the loss that depends on the network",
        "The weight that Loss returns depends on {0}; it may use inputs and targets alone, because the divisor of the mean is known before the network runs and the same in training and evaluation; multiply the other factors into the loss");

    public static readonly DiagnosticDescriptor LossAcrossRows = Error("DLG0402", "A loss across the rows of the batch",
        "{0} takes statistics over the rows of the batch, but a loss is computed row by row and averaged then; put it into Forward");

    /// <summary>Only with dlgen_show_shapes = true in .editorconfig.</summary>
    public static readonly DiagnosticDescriptor LayerShape = Create("DLG0501", "Output shape of a layer", "{0}", DiagnosticSeverity.Info);

    private static DiagnosticDescriptor Error(string id, string title, string message) => Create(id, title, message, DiagnosticSeverity.Error);

    private static DiagnosticDescriptor Warning(string id, string title, string message) => Create(id, title, message, DiagnosticSeverity.Warning);

    private static DiagnosticDescriptor Create(string id, string title, string message, DiagnosticSeverity severity)
        => new(id, title, message, "DlGen", severity, isEnabledByDefault: true, helpLinkUri: $"https://github.com/dlgen/dlgen/blob/main/docs/diagnostics/{id}.md");
}
