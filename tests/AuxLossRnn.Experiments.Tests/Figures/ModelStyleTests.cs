using AuxLossRnn.Figures;

namespace AuxLossRnn.Experiments.Tests.Figures;

public sealed class ModelStyleTests
{
    [Fact]
    public void Every_model_has_a_colour_of_its_own()
    {
        var styles = LossesByName.Models.Select(kind => ModelStyle.Of($"{kind}")).ToArray();

        Assert.Equal(styles.Length, styles.DistinctBy(style => style.Colour).Count());
        Assert.Equal(ModelStyle.All.Count, styles.Length);
    }
}
