namespace AuxLossRnn.Tests.Reference;

/// <summary>PyTorch's layers over scalars; the sizes follow from the lengths of the weights.</summary>
internal sealed class ReferenceLayers(Tape tape, IReadOnlyDictionary<string, double[]> weights)
{
    private readonly Dictionary<string, Scalar[]> _weights =
        weights.ToDictionary(weight => weight.Key, weight => tape.Constants(weight.Value));

    public Scalar[] Linear(string name, Scalar[] x)
    {
        var matrix = Weight($"{name}.weight"); // [outputs, inputs]
        var bias = Weight($"{name}.bias"); // [outputs]
        RequireSize(matrix, bias.Length, x.Length, $"{name}.weight");
        var result = new Scalar[bias.Length];
        for (int row = 0; row < result.Length; row++)
        {
            result[row] = bias[row] + Dot(matrix, row, x);
        }

        return result;
    }

    /// <summary>Two linear layers, hidden and output, with a ReLU between.</summary>
    public Scalar[] FeedForward(string name, Scalar[] x) =>
        Linear($"{name}.output", Linear($"{name}.hidden", x).Select(unit => unit.Relu()).ToArray());

    /// <summary>The sum over channels c of the table's row c · levels + token.</summary>
    public Scalar[] Embedding(string name, int[] tokens, int levels)
    {
        var table = Weight($"{name}.weight"); // [F * levels, E]
        int size = table.Length / (tokens.Length * levels);
        RequireSize(table, tokens.Length * levels, size, $"{name}.weight");
        var result = tape.Constants(new double[size]);
        for (int channel = 0; channel < tokens.Length; channel++)
        {
            for (int i = 0; i < size; i++)
            {
                result[i] += table[(channel * levels + tokens[channel]) * size + i];
            }
        }

        return result;
    }

    public int HiddenSize(string name, int layer) => Weight($"{name}.bias_ih_l{layer}").Length / 4;

    public int InputSize(string name, int layer) =>
        Weight($"{name}.weight_ih_l{layer}").Length / Weight($"{name}.bias_ih_l{layer}").Length;

    public LstmState ZeroState(string name, int layer)
    {
        double[] zeros = new double[HiddenSize(name, layer)];
        return new LstmState(tape.Constants(zeros), tape.Constants(zeros));
    }

    public LstmState LstmStep(string name, int layer, Scalar[] x, LstmState state)
    {
        int size = HiddenSize(name, layer);
        var inputMatrix = Weight($"{name}.weight_ih_l{layer}"); // [4H, inputs]
        var stateMatrix = Weight($"{name}.weight_hh_l{layer}"); // [4H, H]
        var inputBias = Weight($"{name}.bias_ih_l{layer}"); // [4H]
        var stateBias = Weight($"{name}.bias_hh_l{layer}"); // [4H]
        RequireSize(inputMatrix, 4 * size, x.Length, $"{name}.weight_ih_l{layer}");
        RequireSize(stateMatrix, 4 * size, state.Hidden.Length, $"{name}.weight_hh_l{layer}");

        Scalar Gate(int row) =>
            Dot(inputMatrix, row, x) + inputBias[row] + Dot(stateMatrix, row, state.Hidden) + stateBias[row];

        var hidden = new Scalar[size];
        var cell = new Scalar[size];
        for (int unit = 0; unit < size; unit++)
        {
            var input = Gate(unit).Sigmoid();
            var forget = Gate(size + unit).Sigmoid();
            var candidate = Gate(2 * size + unit).Tanh();
            var output = Gate(3 * size + unit).Sigmoid();
            cell[unit] = forget * state.Cell[unit] + input * candidate;
            hidden[unit] = output * cell[unit].Tanh();
        }

        return new LstmState(hidden, cell);
    }

    /// <summary>-log softmax at the target, over the logits first … first + count - 1.</summary>
    public Scalar CrossEntropy(Scalar[] logits, int first, int count, int target)
    {
        double largest = logits.Skip(first).Take(count).Max(logit => logit.Value);
        var sum = tape.Constant(0);
        for (int i = 0; i < count; i++)
        {
            sum += (logits[first + i] - largest).Exp();
        }

        return sum.Log() + largest - logits[first + target];
    }

    /// <summary>A weight's matrix times a vector.</summary>
    public Scalar[] Product(string name, Scalar[] x)
    {
        var matrix = Weight(name);
        return [.. Enumerable.Range(0, matrix.Length / x.Length).Select(row => Dot(matrix, row, x))];
    }

    public bool Has(string name) => _weights.ContainsKey(name);

    public Dictionary<string, double[]> Gradients() =>
        _weights.ToDictionary(weight => weight.Key, weight => weight.Value.Select(w => w.Gradient).ToArray());

    public Scalar[] Weight(string name) =>
        _weights.TryGetValue(name, out var weight)
            ? weight
            : throw new ArgumentException($"There is no weight '{name}'. Given: {string.Join(", ", _weights.Keys)}.");

    private static Scalar Dot(Scalar[] matrix, int row, Scalar[] x)
    {
        var sum = matrix[row * x.Length] * x[0];
        for (int i = 1; i < x.Length; i++)
        {
            sum += matrix[row * x.Length + i] * x[i];
        }

        return sum;
    }

    private static void RequireSize(Scalar[] matrix, int rows, int columns, string name)
    {
        if (matrix.Length != rows * columns)
            throw new ArgumentException($"'{name}' should be [{rows}, {columns}] but holds {matrix.Length} numbers.");
    }
}
