using System.Globalization;
using DlGen;
using DlGen.Startup;

// Kept until the end: writing to the console takes time of its own.
var points = new List<Moment>(4) { Moment.Now("entered") };

const int Rows = 32;
var model = new Mlp(seed: 1);
var inputs = new float[Rows * 784];
for (int i = 0; i < inputs.Length; i++) inputs[i] = i % 256 / 256f;
float[] probabilities = model.Predict(inputs.AsSpan(0, 784));
points.Add(Moment.Now("predicted"));

var optimizer = Optimizer.Adam(1e-3);
var labels = new int[Rows];
for (int i = 0; i < Rows; i++) labels[i] = i % probabilities.Length;
model.TrainBatch(inputs, labels, optimizer);
points.Add(Moment.Now("trained"));
model.TrainBatch(inputs, labels, optimizer);
points.Add(Moment.Now("trained-again"));

foreach (var point in points)
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{point.Name} {point.Seconds:R} {point.Methods} {point.JitMilliseconds:R}"));
