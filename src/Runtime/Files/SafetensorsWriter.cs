namespace DlGen.Files;

/// <summary>Saves a model's parameters as safetensors, in PyTorch's order of elements and the model's own number type.</summary>
internal static class SafetensorsWriter
{
    public static void Save(ParameterSet parameters, string path, Tokenizer? tokenizer) => TensorFile.Save(path, Tensors(parameters), TokenizerMetadata.Write(tokenizer));

    public static void Save(ParameterSet parameters, Stream stream, Tokenizer? tokenizer) => TensorFile.Write(stream, Tensors(parameters), TokenizerMetadata.Write(tokenizer));

    /// <summary>The parameters as tensors of a file.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="prefix">Before each name.</param>
    public static TensorSource[] Tensors(ParameterSet parameters, string prefix = "")
        => [.. parameters.Select((parameter, i) => new TensorSource(prefix + parameter.Name, parameters.Storage.Float64 ? "F64" : "F32", parameter.Shape.ToArray(), () => Values(parameters, i)))];

    private static Array Values(ParameterSet parameters, int index)
    {
        if (parameters.Storage.Float64)
        {
            var doubles = new double[parameters[index].Length];
            parameters.Storage.Read<double>(index, gradient: false, doubles);
            return doubles;
        }

        var floats = new float[parameters[index].Length];
        parameters.Storage.Read<float>(index, gradient: false, floats);
        return floats;
    }
}
